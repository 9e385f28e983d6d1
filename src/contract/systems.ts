import { z } from 'zod';
import { SCOPES } from '../domain/permission.ts';
import { jwks, systemName } from './agencies.ts';
import { id, instant } from './common.ts';
import { EXAMPLE_IDS } from './example-ids.ts';
import type { Operation } from './operation.ts';

export const registeredSystemView = z.object({
  clientId: z.string(),
  agencyId: id,
  scopes: z.array(z.enum(SCOPES)),
  keyIds: z.array(z.string()).describe('`kid` of each public key that it may sign with'),
  createdAt: instant,
  disabledAt: instant.nullable(),
});

const systemParams = z.object({ agencyId: id, clientId: systemName });

const change = {
  tag: 'Agencies',
  method: 'POST',
  scopes: ['agency:admin', 'exchange:admin'],
  params: systemParams,
  status: 200,
  output: registeredSystemView,
} as const;

export const systemOperations = [
  {
    id: 'listSystems',
    tag: 'Agencies',
    summary: "List an agency's systems with the names of their keys",
    description: 'Of your own agency; the admin of each.',
    method: 'GET',
    path: '/v1/agencies/{agencyId}/systems',
    graphql: { type: 'query', field: 'systems' },
    scopes: ['agency:admin', 'exchange:admin'],
    params: z.object({ agencyId: id }),
    status: 200,
    output: z.object({ items: z.array(registeredSystemView) }),
    problems: ['not-found'],
    example: { params: { agencyId: EXAMPLE_IDS.caritas } },
  },
  {
    ...change,
    id: 'replaceSystemKeys',
    summary: "Replace a system's public keys",
    description:
      'Send both the old and the new one while you roll over, then the new one alone. A key that is left out gets no token any more.',
    path: '/v1/agencies/{agencyId}/systems/{clientId}/keys',
    graphql: { type: 'mutation', field: 'replaceSystemKeys' },
    body: z.strictObject({ jwks }),
    problems: ['not-found', 'conflict', 'rule-broken'],
    example: {
      params: { agencyId: EXAMPLE_IDS.caritas, clientId: 'caritas-example' },
      body: {
        jwks: {
          keys: [
            {
              kty: 'OKP',
              crv: 'Ed25519',
              x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo',
              kid: 'example-2027',
              alg: 'EdDSA',
              use: 'sig',
            },
          ],
        },
      },
    },
  },
  {
    ...change,
    id: 'disableSystem',
    summary: 'Switch a system off, for good',
    description:
      'It gets no token any more, and tokens that are out end within five minutes. To stop an agency at once, suspend it.',
    path: '/v1/agencies/{agencyId}/systems/{clientId}/disable',
    graphql: { type: 'mutation', field: 'disableSystem' },
    problems: ['not-found', 'conflict'],
    example: { params: { agencyId: EXAMPLE_IDS.caritas, clientId: 'caritas-example' } },
  },
] as const satisfies readonly Operation[];
