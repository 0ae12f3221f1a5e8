"""What a suite, or a part of one, came to: counts, and for people what failed and where to read on."""
import dataclasses


@dataclasses.dataclass
class Outcome:
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    failures: list = dataclasses.field(default_factory=list)  # names of what failed
    skips: list = dataclasses.field(default_factory=list)     # names and reasons
    logs: list = dataclasses.field(default_factory=list)      # files of the parts that failed
    notes: list = dataclasses.field(default_factory=list)     # what was measured

    def add(self, other):
        self.passed += other.passed
        self.failed += other.failed
        self.skipped += other.skipped
        self.failures += other.failures
        self.skips += other.skips
        self.logs += other.logs
        self.notes += other.notes

    @staticmethod
    def failure(name, log):
        return Outcome(failed=1, failures=[name], logs=[log])
