/** What an answer must not be, whatever was asked: each fault in a sentence. */
import type { Described, Json } from './description.ts';
import { misfit } from './description.ts';
import { misshapen, type Selected } from './graphql-requests.ts';
import type { Answer, Request } from './request.ts';
import { MARKER } from './values.ts';

/** Longer is a hang. */
export const MOST_MS = 5_000;

/** Codes that come before an operation is known, and so from any request. */
const BEFORE_OPERATION: readonly string[] = [
  'bad-request',
  'token-missing',
  'token-invalid',
  'rate-limited',
  'body-too-large',
  'media-type-unsupported',
  'headers-too-large',
];
const ANYWHERE = new Set([...BEFORE_OPERATION, 'not-found', 'method-not-allowed']);
const INTERNALS =
  /node_modules|\bat \S+ \(?\/|SELECT |relation "|SQLSTATE|PrismaClient|ECONNREFUSED|TypeError|undefined is not/;

export interface Judged {
  faults: string[];
  /** How many operations were done; 0: it was refused, or wholly in error. */
  done: number;
  /** Ids of those of them that are known: a spoilt document may hold others. */
  operations: readonly Described[];
  /** Of them those that may change something. */
  changed: number;
}

export function judge(request: Request, answer: Answer): Judged {
  const faults: string[] = [];
  if (answer.tookMs > MOST_MS) faults.push(`took ${Math.round(answer.tookMs)} ms`);
  if (answer.status >= 500) faults.push(`status ${answer.status}`);
  if (answer.status === 0) return { faults: [`no answer: ${answer.text}`], done: 0, operations: [], changed: 0 };
  let body: Json = null;
  try {
    body = answer.text === '' ? null : JSON.parse(answer.text);
  } catch {
    faults.push('the body is not JSON');
  }
  const found = request.door === 'REST' ? judgeRest(request, answer, body) : judgeGraphql(request, answer, body);
  const isError = answer.status >= 400 || body?.errors !== undefined;
  const errorText = answer.status >= 400 ? answer.text : JSON.stringify(body?.errors ?? '');
  if (isError && errorText.includes(MARKER)) faults.push('an error repeats what was sent');
  if (isError && INTERNALS.test(errorText)) faults.push('an error shows internals');
  return { ...found, faults: [...faults, ...found.faults] };
}

function judgeRest({ operation, method, asDescribed }: Request, { status, text }: Answer, body: Json): Judged {
  const faults: string[] = [];
  // Who has the view already is checked and audited like everybody else.
  const isDone = status < 300 || status === 304;
  const counted = {
    done: isDone ? 1 : 0,
    operations: isDone && asDescribed ? [operation!] : [],
    changed: isDone && operation!.method === 'POST' ? 1 : 0,
  };
  if (status === 304 || method === 'HEAD') {
    if (text !== '') faults.push('a body where there is none');
    return { faults, ...counted };
  }
  if (!asDescribed) {
    if (!isDone && !ANYWHERE.has(body?.code) && !operation!.codes.get(status)?.includes(body?.code))
      faults.push(`the code ${body?.code} with ${status} at a spoilt path`);
    return { faults, ...counted };
  }
  const codes = operation!.codes.get(status);
  if (codes === undefined) faults.push(`${operation!.id} does not document ${status}`);
  else {
    const fault = misfit(operation!, status, body);
    if (fault !== null) faults.push(`the answer of ${operation!.id} with ${status} does not fit: ${fault}`);
    if (!isDone && !codes.includes(body?.code)) faults.push(`${operation!.id} does not document ${body?.code}`);
  }
  if (!isDone && body?.status !== status) faults.push('the status in the body is another one');
  return { faults, ...counted };
}

function judgeGraphql({ selected }: Request, { status }: Answer, body: Json): Judged {
  const faults: string[] = [];
  const errors: Json[] = body?.errors ?? [];
  if (status !== 200) {
    if (body?.data !== undefined) faults.push('data with a status of its own');
    for (const one of errors)
      if (!ANYWHERE.has(one.extensions?.code)) faults.push(`the code ${one.extensions?.code} before any operation`);
    if (errors.length === 0) faults.push('a refusal that says nothing');
    return { faults, done: 0, operations: [], changed: 0 };
  }
  const roots = Object.entries<Json>(body?.data ?? {}).filter(([, value]) => value !== null);
  const isMutation = selected?.[0]?.isMutation ?? true;
  for (const { path, extensions } of errors) {
    const asked = selected?.find((one) => one.name === path?.[0]);
    if (extensions?.code === undefined) faults.push('an error without a code');
    const documented = [...(asked?.operation?.codes.values() ?? [])].flat();
    if (asked !== undefined && !documented.includes(extensions?.code))
      faults.push(`${asked.operation!.id} does not document ${extensions?.code}`);
  }
  for (const one of selected ?? []) faults.push(...shapeOf(body?.data, one, errors));
  const operations = (selected ?? []).flatMap(({ name, operation }) =>
    operation !== undefined && body?.data?.[name] != null ? [operation] : [],
  );
  return { faults, done: roots.length, operations, changed: isMutation ? roots.length : 0 };
}

function shapeOf(data: Json, { name, type, below }: Selected, errors: readonly Json[]): string[] {
  const value = data?.[name];
  if (value === null || value === undefined)
    return errors.length > 0 ? [] : [`${name} is missing, and no error says why`];
  const fault = misshapen(value, type, below, name);
  return fault === null ? [] : [`the answer is not of its type: ${fault}`];
}

/** What nobody in that role may have been answered: without a scope for it, or about those who take no part. */
export function beyond(
  { scopes }: { scopes: readonly string[] },
  { operations, done }: Judged,
  { text }: Answer,
  foreign: readonly string[],
): string[] {
  const faults = operations
    .filter((one) => !one.scopes.some((scope) => scopes.includes(scope)))
    .map(({ id }) => `${id} was done without a scope for it`);
  // An error beside it may say which id of the request it is about.
  const told = done === 0 || text === '' ? '' : JSON.stringify(JSON.parse(text).data ?? JSON.parse(text));
  const shown = foreign.find((id) => told.includes(id));
  return shown === undefined ? faults : [...faults, `the answer shows ${shown}, which is somebody else's`];
}

/** What a line of the log must not have. */
export function faultOfLine(line: string): string | null {
  if (line.includes(MARKER)) return 'a line of the log repeats what was sent';
  if (/"level":(5|6)0|unexpected exception/.test(line)) return `the log tells of a failure: ${line.slice(0, 500)}`;
  return null;
}
