/** Names that the law gives and takes, each with the days on which it is the one to use. */
import { z } from 'zod';
import { CODE_LISTS, PLAN_KINDS } from '../domain/code-lists.ts';
import { SCOPES } from '../domain/permission.ts';
import { day } from './common.ts';
import type { Operation } from './operation.ts';

const list = z.enum(CODE_LISTS);

export const datedCodeView = z.object({
  list,
  code: z.string(),
  label: z.string().describe('In German'),
  validFrom: day.nullable().describe('First day; null: none is known'),
  validUntil: day.nullable().describe('Last day; null: none is known'),
  source: z.string().nullable().describe('The law; null: a name of practice'),
  kinds: z.array(z.enum(PLAN_KINDS)).describe('Of PLAN_NAMES: the plans that may bear it'),
  months: z
    .int()
    .nullable()
    .describe('Of REVIEW_PERIODS, whose code is the name of a plan: after how many months at the latest'),
});

const codeQuery = z.strictObject({
  list: list.optional().describe('Left out: all'),
  on: day.optional().describe('What is in use on that day; left out: all that ever was'),
});
export type CodeQuery = z.output<typeof codeQuery>;

export const codeListOperations = [
  {
    id: 'listCodes',
    tag: 'Entries',
    summary: 'Names of plans, periods for looking at them again, names of benefits: which is in use on a day',
    description: 'The law changes them, and what was written keeps the name of its day.',
    method: 'GET',
    path: '/v1/code-lists',
    graphql: { type: 'query', field: 'codeLists' },
    scopes: SCOPES,
    query: codeQuery,
    status: 200,
    output: z.object({ codes: z.array(datedCodeView) }),
    problems: [],
    example: { query: { list: 'PLAN_NAMES', on: '2026-11-23' } },
  },
] as const satisfies readonly Operation[];
