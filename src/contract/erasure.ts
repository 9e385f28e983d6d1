import { z } from 'zod';
import { clientParams } from './clients.ts';
import { id, instant } from './common.ts';
import { EXAMPLE_IDS } from './example-ids.ts';
import type { Operation } from './operation.ts';

const count = z.int().nonnegative();

export const erasedClientView = z.object({
  clientId: id,
  erasedAt: instant,
  entriesErased: count.describe('Entries that you wrote about this client; nobody can read them any more'),
  disclosuresClosed: count.describe('Of those that you made, received, or wrote the entry of'),
});

export const erasureOperations = [
  {
    id: 'eraseClient',
    tag: 'Clients',
    summary: 'Erase what you wrote about one of your clients, for good',
    description:
      'Destroys the key of your handle (Art. 17 GDPR): the entries that you wrote under it, its file reference and the evidence of consents recorded under it become unreadable for everybody, also in backups. What was disclosed of them closes at once. What the client said, and who received what, stays as ids and codes. The handle takes no entry and no yes any more; a no it always takes. 503 `overloaded` when the exchange cannot record it safely; then nothing was done.',
    method: 'POST',
    path: '/v1/clients/{clientId}/erase',
    graphql: { type: 'mutation', field: 'eraseClient' },
    scopes: ['laufzettel:write'],
    params: clientParams,
    body: z.strictObject({
      confirm: z
        .boolean()
        .default(false)
        .describe('true once you have read what would happen (409 `confirmation-required`)'),
    }),
    status: 200,
    output: erasedClientView,
    problems: ['not-found', 'conflict', 'confirmation-required'],
    example: { params: { clientId: EXAMPLE_IDS.client }, body: { confirm: true } },
  },
] as const satisfies readonly Operation[];
