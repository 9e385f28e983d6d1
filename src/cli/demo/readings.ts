/** Reading a forwarding, and checking that the reader got what the client agreed to and nothing beside it. */
import type { Category } from '../../domain/catalogue.ts';
import { type Cast, type Forwarding, payloadOf } from './cast.ts';
import type { Partner } from './partner.ts';
import { categoriesOf, contentOf, named, tellingValues } from './words.ts';

const READ = `query ReadForwarding($id: ID!) {
  forwarding(forwardingId: $id) {
    status version clientId
    entries { id category payload }
    closedEntries { entryId category closedAt }
  }
}`;

/** It gets `expected` to the letter, and no answer it was ever given holds anything of `withheld`. */
export async function reads(
  { client, narrator: { told, shows, check } }: Cast,
  reader: Partner,
  id: string,
  { expected, withheld }: { expected: readonly Category[]; withheld: readonly Category[] },
): Promise<Forwarding> {
  const read = await told(reader.graphql<Forwarding>(READ, { id }), 200);
  shows(...read.entries.map(({ category, payload }) => `${named(category)}: ${contentOf(payload)}`));
  check('it reads exactly what she agreed to', categoriesOf(read.entries), expected);
  check(
    'and reads it as it was written',
    read.entries.map(({ payload }) => payload),
    read.entries.map(({ category }) => payloadOf(client, category)),
  );
  const { length } = reader.heard;
  check(
    `none of the ${length} answers it ever got holds a word of what stayed: ${withheld.join(', ')}`,
    valuesIn(reader.heard, client, withheld),
    [],
  );
  return read;
}

/** After a no: which entries it had and that they ended, and nothing of what stood in them. */
export async function readsNothing(
  { client, narrator: { told, check } }: Cast,
  reader: Partner,
  id: string,
  had: readonly Category[],
): Promise<void> {
  const before = reader.heard.length;
  const read = await told(reader.graphql<Forwarding>(READ, { id }), 200);
  check('nothing is left to read, and the case is blocked', [read.status, read.entries], ['BLOCKED', []]);
  check('it learns which entries ended, so that it stops using them; not why', categoriesOf(read.closedEntries), had);
  check('the answer holds not a word of what stood in them', valuesIn(reader.heard.slice(before), client, had), []);
}

const valuesIn = (answers: readonly string[], client: Cast['client'], categories: readonly Category[]): string[] =>
  tellingValues(categories.map((category) => payloadOf(client, category))).filter((value) =>
    answers.some((answer) => answer.includes(value)),
  );
