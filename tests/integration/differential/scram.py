"""SCRAM-SHA-256 (RFC 5802, RFC 7677), the client's side, without channel binding."""
import base64
import hashlib
import hmac
import os

_KEYS = {}  # what the password, the salt and the iterations give: costly, and always the same


class Scram:
    def __init__(self, password):
        self.password = password.encode()
        self.first = "n=,r=" + base64.b64encode(os.urandom(18)).decode()

    def initial(self):
        return ("n,," + self.first).encode()

    def answer(self, challenge):
        fields = dict(part.split("=", 1) for part in challenge.decode().split(","))
        key = self._client_key(base64.b64decode(fields["s"]), int(fields["i"]))
        final = "c=biws,r=" + fields["r"]
        signed = ",".join([self.first, challenge.decode(), final]).encode()
        signature = hmac.digest(hashlib.sha256(key).digest(), signed, "sha256")
        proof = bytes(one ^ other for one, other in zip(key, signature))
        return f"{final},p={base64.b64encode(proof).decode()}".encode()

    def _client_key(self, salt, iterations):
        known = (self.password, salt, iterations)
        if known not in _KEYS:
            salted = hashlib.pbkdf2_hmac("sha256", *known)
            _KEYS[known] = hmac.digest(salted, b"Client Key", "sha256")
        return _KEYS[known]
