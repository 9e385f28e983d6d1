/** Fills the service's tables with what plan.ts says, by COPY: as the service would have written it, ciphertexts and all. */
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Client } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { MasterKey } from '../../src/persistence/master-key.ts';
import { createVault } from '../../src/persistence/vault.ts';
import { sealedAs } from '../../src/usecases/ports.ts';
import {
  AGENCIES,
  BLOCK,
  DAY,
  districtOf,
  ENTRY_CATEGORIES,
  entryIndex,
  homeOf,
  idOf,
  isPublic,
  nthOf,
  payloadOf,
  permittedTo,
  personOf,
  type Range,
  RECIPIENTS,
  receivingHandle,
  recipientOf,
  slipsOf,
} from './plan.ts';

type Value = string | number | boolean | null | readonly string[] | Buffer | object;

export interface Filling {
  /** Connected as a superuser: triggers and foreign keys are not asked, for what plan.ts says keeps them. */
  owner: Client;
  masterKey: Buffer;
  /** Now, milliseconds; everything lies a few weeks before. */
  at: number;
}

const AGREED_BEFORE = 60 * DAY;
const SAID_BEFORE = 45 * DAY;
const FIRST_SLIP_BEFORE = 40 * DAY;
const SLIPS_LAST = 30 * DAY;
const GOOD_FOR = 250 * DAY;
const HOUR = 3_600_000;

/** Agencies with agreements and a system each, all with one public key. */
export async function fillNetwork(filling: Filling, jwks: object, scopes: readonly string[]): Promise<void> {
  const created = iso(filling.at - AGREED_BEFORE);
  const agencies = range({ first: 0, end: AGENCIES });
  const districts = [...new Set(agencies.map(districtOf))];
  await copy(filling, 'agency', ['id', 'kind', 'name', 'sponsor', 'public_body', 'legal_regime', 'created_at'], () =>
    agencies.map((one) => [
      idOf('agency', one),
      isPublic(one) ? 'ARGE' : 'BERATUNGSSTELLE',
      `Erfundene Stelle ${one}`,
      'Erfundener Träger',
      isPublic(one),
      'GDPR_SGB',
      created,
    ]),
  );
  await copy(filling, 'system_client', ['client_id', 'agency_id', 'scopes', 'jwks', 'created_at'], () =>
    agencies.map((one) => [systemOf(one), idOf('agency', one), scopes, jwks, created]),
  );
  await copy(filling, 'agreement', ['id', 'title', 'purposes', 'categories', 'valid_from', 'created_at'], () =>
    districts.map((one) => [
      idOf('agreement', one),
      `Kooperationsvereinbarung ${one}`,
      ['BERATUNG', 'SPRACHFOERDERUNG', 'TERMIN'],
      [...new Set(ENTRY_CATEGORIES)],
      created,
      created,
    ]),
  );
  await copy(filling, 'agreement_party', ['agreement_id', 'agency_id', 'signed_at'], () =>
    agencies.map((one) => [idOf('agreement', districtOf(one)), idOf('agency', one), created]),
  );
}

export const systemOf = (agency: number): string => `bench-${agency}`;

/** Everything about these persons. */
export async function fillPersons(filling: Filling, persons: Range): Promise<void> {
  for (let first = persons.first; first < persons.end; first += BLOCK) {
    const block = { first, end: Math.min(first + BLOCK, persons.end) };
    await fillHandles(filling, block);
    await fillStatements(filling, block);
    await fillSlips(filling, slipsOf(block));
    await fillForwardings(filling, slipsOf(block));
  }
  await filling.owner.query('VACUUM ANALYZE');
  await filling.owner.query('CHECKPOINT');
}

async function fillHandles(filling: Filling, persons: Range): Promise<void> {
  const created = iso(filling.at - SAID_BEFORE);
  const handles = (): [string, number, number][] =>
    range(persons).flatMap((person) => [
      [idOf('home', person), homeOf(person), person] as [string, number, number],
      ...range({ first: 0, end: RECIPIENTS }).map((nth): [string, number, number] => [
        receivingHandle(person, nth),
        recipientOf(person, nth),
        person,
      ]),
    ]);
  await copy(filling, 'person', ['id'], () => range(persons).map((person) => [idOf('person', person)]));
  await copy(filling, 'client', ['id', 'agency_id', 'person_id', 'created_at'], () =>
    handles().map(([id, agency, person]) => [id, idOf('agency', agency), idOf('person', person), created]),
  );
  const master = new MasterKey(filling.masterKey);
  await copy(filling, 'client_key', ['client_id', 'wrapped'], () =>
    handles().map(([id]) => [id, wrappedKey(master, id)]),
  );
}

/** The same data key for the same handle, whenever it is filled. */
const wrappedKey = (master: MasterKey, handle: string): Buffer =>
  master.wrap(`client:${handle}`, createHash('sha256').update(`bench ${handle}`).digest());

async function fillStatements(filling: Filling, persons: Range): Promise<void> {
  const said = iso(filling.at - SAID_BEFORE);
  const until = iso(filling.at + GOOD_FOR);
  const both = ['id', 'client_id', 'decision', 'discloser_id', 'recipient_id', 'purpose', 'categories', 'stated_at'];
  const who = ['recorded_at', 'recorded_by', 'stated_by', 'age_band'];
  const yes = ['valid_from', 'valid_until', 'form', 'capacity_confirmed', 'explicit_special_categories'];
  const text = ['language', 'text_hash'];
  const hash = createHash('sha256').update('erfundener Text').digest('hex');
  await copy(filling, 'statement', [...both, ...who, ...yes, ...text], () =>
    range(persons).flatMap((person) => {
      const handle = idOf('home', person);
      const home = idOf('agency', homeOf(person));
      const stated = [said, home, 'PERSON', 'ADULT'];
      const given = range({ first: 0, end: RECIPIENTS }).map((nth) => [
        statementId(person, nth),
        handle,
        'GIVEN',
        home,
        idOf('agency', recipientOf(person, nth)),
        'BERATUNG',
        permittedTo(person, nth),
        said,
        ...stated,
        said,
        until,
        'WRITTEN',
        true,
        false,
        'de',
        hash,
      ]);
      const no = [statementId(person, RECIPIENTS), handle, 'REFUSED', home, null, 'SCHULE', null, said, ...stated];
      return [...given, [...no, null, null, null, null, null, null, null]];
    }),
  );
}

const statementId = (person: number, nth: number): string => idOf('statement', person * (RECIPIENTS + 1) + nth);

const createdAt = ({ at }: Filling, slip: number): number =>
  at - FIRST_SLIP_BEFORE + Math.floor(((slip % (BLOCK * 10)) / (BLOCK * 10)) * SLIPS_LAST);

async function fillSlips(filling: Filling, slips: Range): Promise<void> {
  const head = ['id', 'client_id', 'created_by', 'kind', 'purpose', 'urgency', 'created_at'];
  await copy(filling, 'laufzettel', head, () =>
    map(slips, (slip) => [
      idOf('slip', slip),
      idOf('home', personOf(slip)),
      idOf('agency', homeOf(personOf(slip))),
      'FALLMITTEILUNG',
      'BERATUNG',
      'NORMAL',
      iso(createdAt(filling, slip)),
    ]),
  );
  const reader = ['agency_id', 'laufzettel_id', 'created_at', 'changed_at', 'hears_end'];
  await copy(filling, 'laufzettel_reader', reader, () =>
    flatMap(slips, (slip) => {
      const created = iso(createdAt(filling, slip));
      const person = personOf(slip);
      return [homeOf(person), recipientOf(person, nthOf(slip))].map((agency) => [
        idOf('agency', agency),
        idOf('slip', slip),
        created,
        created,
        true,
      ]);
    }),
  );
  await fillEntries(filling, slips);
}

async function fillEntries(filling: Filling, slips: Range): Promise<void> {
  const entries = (row: (slip: number, place: number, id: string) => readonly Value[]) => () =>
    flatMap(slips, (slip) =>
      ENTRY_CATEGORIES.map((_, place) => row(slip, place, idOf('entry', entryIndex(slip, place)))),
    );
  await copy(
    filling,
    'entry',
    ['id', 'client_id', 'origin_id', 'category', 'secrecy', 'created_at'],
    entries((slip, place, id) => {
      const person = personOf(slip);
      const created = iso(createdAt(filling, slip));
      return [id, idOf('home', person), idOf('agency', homeOf(person)), ENTRY_CATEGORIES[place]!, false, created];
    }),
  );
  await copy(
    filling,
    'entry_concern',
    ['entry_id', 'client_id'],
    entries((slip, _, id) => [id, idOf('home', personOf(slip))]),
  );
  const master = new MasterKey(filling.masterKey);
  const vault = createVault(master, { blindIndex: Buffer.alloc(32), cursor: Buffer.alloc(32) });
  const wrapped = new Map<string, Buffer>();
  const keyOf = (handle: string): Buffer => {
    if (!wrapped.has(handle)) wrapped.set(handle, wrappedKey(master, handle));
    return wrapped.get(handle)!;
  };
  await copy(
    filling,
    'entry_payload',
    ['entry_id', 'sealed'],
    entries((slip, place, id) => {
      const clientId = idOf('home', personOf(slip));
      const context = sealedAs.payload(id, ENTRY_CATEGORIES[place]!);
      return [
        id,
        vault.seal({ clientId, wrapped: keyOf(clientId) }, context, payloadOf(place, entryIndex(slip, place))),
      ];
    }),
  );
  await copy(
    filling,
    'laufzettel_entry',
    ['laufzettel_id', 'entry_id', 'added_by'],
    entries((slip, _, id) => [idOf('slip', slip), id, idOf('agency', homeOf(personOf(slip)))]),
  );
}

/** The contents of all entries about these persons in clear, for the floor. */
export async function fillFloor(filling: Filling, persons: Range): Promise<void> {
  await copy(filling, 'floor.payload', ['entry_id', 'payload'], () =>
    flatMap(slipsOf(persons), (slip) =>
      ENTRY_CATEGORIES.map((_, place) => {
        const index = entryIndex(slip, place);
        return [idOf('entry', index), payloadOf(place, index)];
      }),
    ),
  );
}

/** Each Laufzettel has gone to one recipient, who has accepted and read it. */
async function fillForwardings(filling: Filling, slips: Range): Promise<void> {
  const hop = (slip: number) => {
    const person = personOf(slip);
    const nth = nthOf(slip);
    const sent = createdAt(filling, slip) + HOUR;
    const from = idOf('agency', homeOf(person));
    return { person, nth, sent, from, to: idOf('agency', recipientOf(person, nth)) };
  };
  const ends = ['laufzettel_id', 'from_id', 'to_id', 'from_client_id', 'to_client_id', 'purpose', 'status', 'version'];
  await copy(filling, 'forwarding', ['id', ...ends, 'sent_at', 'changed_at', 'expires_at'], () =>
    map(slips, (slip) => {
      const { person, nth, sent, from, to } = hop(slip);
      const handles = [idOf('home', person), receivingHandle(person, nth)];
      const times = [sent, sent + 2 * HOUR, sent + 14 * DAY].map(iso);
      return [
        idOf('forwarding', slip),
        idOf('slip', slip),
        from,
        to,
        ...handles,
        'BERATUNG',
        'ACCEPTED',
        3,
        ...times,
      ] as const;
    }),
  );
  const until = iso(filling.at + GOOD_FOR);
  const row = ['id', 'forwarding_id', 'entry_id', 'person_id', 'from_id', 'to_id', 'purpose', 'opened_at'];
  await copy(filling, 'disclosure', [...row, 'good_until', 'fetched_at', 'relied_on'], () =>
    flatMap(slips, (slip) => {
      const { person, nth, sent, from, to } = hop(slip);
      const permitted = permittedTo(person, nth);
      const agreement = idOf('agreement', districtOf(homeOf(person)));
      const reliedOn = { agreements: [agreement], statements: [statementId(person, nth)], releases: [], row: null };
      return ENTRY_CATEGORIES.flatMap((category, place) => {
        const index = entryIndex(slip, place);
        if (!permitted.includes(category)) return [];
        const ids = [idOf('disclosure', index), idOf('forwarding', slip), idOf('entry', index), idOf('person', person)];
        return [[...ids, from, to, 'BERATUNG', iso(sent), until, iso(sent + HOUR), reliedOn]];
      });
    }),
  );
  await copy(filling, 'audit', ['id', 'at', 'agency_id', 'system', 'action', 'outcome', 'subject'], () =>
    flatMap(slips, (slip) => {
      const { sent, from, to } = hop(slip);
      const forwarding = { forwarding: idOf('forwarding', slip), laufzettel: idOf('slip', slip) };
      return [
        [idOf('audit', slip * 3), iso(sent - HOUR), from, 'bench', 'laufzettel.create', 'DONE', forwarding],
        [idOf('audit', slip * 3 + 1), iso(sent), from, 'bench', 'forwarding.send', 'PERMIT', forwarding],
        [idOf('audit', slip * 3 + 2), iso(sent + HOUR), to, 'bench', 'entries.read', 'PERMIT', forwarding],
      ];
    }),
  );
}

// ── COPY in its text format ──

const CHUNK_CHARACTERS = 1 << 16;

async function copy(
  { owner }: Filling,
  table: string,
  columns: readonly string[],
  rows: () => Iterable<readonly Value[]>,
): Promise<void> {
  await owner.query('SET session_replication_role = replica');
  const into = owner.query(copyFrom(`COPY ${table} (${columns.join(', ')}) FROM STDIN`));
  await pipeline(Readable.from(chunks(rows())), into);
  await owner.query('RESET session_replication_role');
}

function* chunks(rows: Iterable<readonly Value[]>): Iterable<string> {
  let text = '';
  for (const row of rows) {
    text += `${row.map(field).join('\t')}\n`;
    if (text.length < CHUNK_CHARACTERS) continue;
    yield text;
    text = '';
  }
  if (text !== '') yield text;
}

function field(value: Value): string {
  if (value === null) return '\\N';
  if (Buffer.isBuffer(value)) return `\\\\x${value.toString('hex')}`;
  if (Array.isArray(value)) return `{${value.join(',')}}`;
  if (typeof value === 'object') return JSON.stringify(value);
  return typeof value === 'boolean' ? (value ? 't' : 'f') : String(value);
}

const iso = (at: number): string => new Date(at).toISOString();
const range = ({ first, end }: Range): number[] => Array.from({ length: end - first }, (_, index) => first + index);

function* map<T>({ first, end }: Range, make: (index: number) => T): Iterable<T> {
  for (let index = first; index < end; index++) yield make(index);
}

function* flatMap<T>(all: Range, make: (index: number) => readonly T[]): Iterable<T> {
  for (const some of map(all, make)) yield* some;
}
