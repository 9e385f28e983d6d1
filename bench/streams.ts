/**
 * node bench/streams.ts [--lines 100000] [--persons 10000]: memory of the service while it takes a file of so many lines, and while it
 * gives away all that one agency has about so many persons. Both may take as long as they take: what is shown is that memory does not grow
 * with either.
 */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { get, type IncomingMessage, request } from 'node:http';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import { memoryOf } from './measure/processes.ts';
import { type System, startSystem } from './system.ts';

const { values } = parseArgs({
  options: { lines: { type: 'string', default: '100000' }, persons: { type: 'string', default: '10000' } },
});
const TOLD = 10;

const show = (what: string, memory: number[]): void =>
  console.log(`${what}: ${memory.map((one) => Math.round(one)).join(' ')} MiB`);

/** A client and an entry by turns. */
function* fileOf(lines: number, name: string): Generator<string> {
  for (let place = 0; place < lines; place += 2) {
    const key = `${name}-${place}`;
    yield `${JSON.stringify({ operation: 'createClient', key, body: {} })}\n`;
    const payload = { text: `Notiz ${place} `.repeat(50).trim() };
    const body = { category: 'BERATUNGSNOTIZ', payload };
    yield `${JSON.stringify({ operation: 'addEntry', key: `${key}-entry`, params: { clientId: { $ref: key } }, body })}\n`;
  }
}

/** Once; false: its token ended before it did. */
async function upload(system: System, lines: number, name: string, memory: number[]): Promise<boolean> {
  const authorization = `Bearer ${(await system.tokens())[0]}`;
  const headers = { authorization, 'content-type': 'application/x-ndjson' };
  const sending = request(`${system.serviceUrl}/v1/bulk`, { method: 'POST', headers });
  const sent = pipeline(Readable.from(fileOf(lines, name)), sending).catch(() => {});
  const [answer] = (await once(sending, 'response')) as [IncomingMessage];
  let last = '';
  let answered = 0;
  for await (const line of createInterface({ input: answer })) {
    last = line;
    answered += 1;
    if (answered % Math.ceil(lines / TOLD) === 0) memory.push(memoryOf(system.service).resident);
  }
  await sent;
  const { end } = JSON.parse(last);
  console.log(`answered ${end.lines}, done ${end.done}, before ${end.replayed}, failed ${end.failed}`);
  if (end.failed > 0) throw new Error(last);
  return end.complete;
}

async function takeAway(system: System, what: string): Promise<void> {
  const authorization = `Bearer ${(await system.tokens())[0]}`;
  const memory = [memoryOf(system.service).resident];
  const [answer] = (await once(get(`${system.serviceUrl}/v1/export`, { headers: { authorization } }), 'response')) as [
    IncomingMessage,
  ];
  const began = performance.now();
  let [bytes, lines, last] = [0, 0, ''];
  let next = 0;
  for await (const line of createInterface({ input: answer })) {
    bytes += line.length;
    last = line;
    if (lines++ === next) {
      memory.push(memoryOf(system.service).resident);
      next += 20_000;
    }
  }
  const seconds = ((performance.now() - began) / 1_000).toFixed(1);
  const { end } = JSON.parse(last);
  show(`${what}: ${end.lines} lines, ${Math.round(bytes / 1e6)} MB, ${seconds} s, complete ${end.complete}`, memory);
}

/** All that anybody wrote becomes the first agency's: ciphertexts are bound to entries and handles, and not to agencies. */
async function giveAllToOne(system: System): Promise<void> {
  const [first] = (await system.owner.query(`SELECT agency_id AS id FROM system_client WHERE client_id = 'bench-0'`))
    .rows;
  await system.owner.query('SET session_replication_role = replica');
  for (const text of [
    'UPDATE client SET agency_id = $1 WHERE id IN (SELECT client_id FROM entry)',
    'UPDATE entry SET origin_id = $1',
    'UPDATE laufzettel SET created_by = $1',
    'UPDATE laufzettel_reader r SET agency_id = $1 FROM laufzettel l WHERE l.id = r.laufzettel_id AND NOT r.hears_end',
    'UPDATE forwarding SET from_id = $1 WHERE to_id <> $1',
    'UPDATE disclosure SET from_id = $1 WHERE to_id <> $1',
  ]) {
    await system.owner.query({ text, values: [first.id] }).catch((error: { message: string }) => {
      console.log(`left as it is (${error.message}): ${text}`);
    });
  }
  await system.owner.query('ANALYZE');
}

const system = await startSystem();
try {
  const lines = Number(values.lines);
  const memory = [memoryOf(system.service).resident];
  const name = randomUUID();
  while (!(await upload(system, lines, name, memory)));
  show(`upload of ${lines} lines`, memory);
  await takeAway(system, 'export of what was uploaded');
  await system.fill({ first: 0, end: Number(values.persons) });
  await giveAllToOne(system);
  await system.restartService();
  await takeAway(system, 'export of all');
  console.log(`at most ${Math.round(memoryOf(system.service).peak)} MiB`);
} finally {
  await system.stop();
}
