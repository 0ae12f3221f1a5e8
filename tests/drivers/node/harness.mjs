// Runs all cases of a program by CLIENTS clients at once, each beginning with another one, and
// prints "case <tab> client <tab> begun | ok | what broke". PGHOST and so on say where. A case is
// an async function of { number, table }: table (id integer primary key, word text) is this
// client's own, with ten rows at first. The cases `at_rest` begin when all clients have ended the
// others: while any of them alters the schema, reads may rightly all run on the primary.

let turn = Promise.resolve();

// For a case that takes two connections at a time: all clients at once would starve.
export function alone(work) {
    const mine = turn.then(work);
    turn = mine.catch(() => {});
    return mine;
}

export async function sqlstate_of(work) {
    try {
        await work();
    } catch (error) {
        for (let each = error; each; each = each.cause) {
            if (typeof each.code === 'string' && each.code.length === 5) {
                return each.code;
            }
        }
        throw error;
    }
    return 'no error';
}

function report(name, number, said) {
    console.log(`${name}\t${number}\t${said.replace(/\s+/g, ' ')}`);
}

async function run_each(cases) {
    const names =
        Object.keys(cases).filter((name) => !process.env.CASE || process.env.CASE === name);
    const clients = Array.from({length: Number(process.env.CLIENTS ?? 1)}, async (_, number) => {
        for (let at = 0; at < names.length; ++at) {
            const name = names[(at + number) % names.length];
            report(name, number, 'begun');
            try {
                await cases[name]({number, table: `t${number}`});
                report(name, number, 'ok');
            } catch (error) {
                const line = /_cases\.mjs:(\d+)/.exec(error.stack ?? '')?.[1] ?? '?';
                report(
                    name, number,
                    `line ${line}: ${error.code ?? ''} ${error.message} ${error.cause ?? ''}`);
            }
        }
    });
    await Promise.all(clients);
}

export async function run_all(cases, at_rest = {}) {
    await run_each(cases);
    await run_each(at_rest);
    process.exit(0);
}
