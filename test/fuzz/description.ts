/** openapi.yaml, read for what requests are made of and what answers are held against. */
import { readFileSync } from 'node:fs';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { parse } from 'yaml';

// biome-ignore lint/suspicious/noExplicitAny: a JSON document of which each reader knows its part
export type Json = any;

export interface Described {
  id: string;
  method: 'GET' | 'POST';
  path: string;
  parameters: { name: string; in: string; schema: Json; example?: unknown }[];
  body?: { schema: Json; example?: Json; required: boolean };
  /** The caller needs one of these. */
  scopes: readonly string[];
  /** Codes of problems by status; a success has none. */
  codes: ReadonlyMap<number, readonly string[]>;
}

const document: Json = parse(readFileSync(new URL('../../openapi.yaml', import.meta.url), 'utf8'));
const ajv = new Ajv2020({ strict: false, allErrors: false, validateFormats: true });
(formats as unknown as (one: Ajv2020) => void)(ajv);
ajv.addSchema(document, 'api');

export const resolved = (schema: Json): Json => {
  if (typeof schema?.$ref !== 'string') return schema;
  const steps = schema.$ref.slice(2).split('/');
  return resolved(
    steps.reduce((at: Json, step: string) => at[step.replaceAll('~1', '/').replaceAll('~0', '~')], document),
  );
};

export const DESCRIBED: readonly Described[] = Object.entries<Json>(document.paths).flatMap(([path, methods]) =>
  ['get', 'post'].flatMap((method): Described[] => {
    const operation = methods[method];
    if (!operation || !path.startsWith('/v1/')) return [];
    // What comes and goes line by line has tests of its own (test/streams/).
    if (operation.responses['200']?.content['application/x-ndjson']) return [];
    const body = operation.requestBody;
    return [
      {
        id: operation.operationId,
        method: method.toUpperCase() as 'GET' | 'POST',
        path,
        parameters: (operation.parameters ?? []).map(resolved),
        scopes: (operation.security ?? []).flatMap((one: Json) => one.oauth2 ?? []),
        ...(body && { body: { ...body.content['application/json'], required: body.required === true } }),
        codes: new Map(
          Object.entries<Json>(operation.responses)
            .filter(([status]) => status !== 'default')
            .map(([status, response]) => [
              Number(status),
              Object.keys(resolved(response).content?.['application/problem+json']?.examples ?? {}),
            ]),
        ),
      },
    ];
  }),
);

const validators = new Map<string, ValidateFunction>();

/** What does not fit the schema of that answer; null: nothing. */
export function misfit({ method, path }: Described, status: number, body: unknown): string | null {
  const key = `${method} ${path} ${status}`;
  let validate = validators.get(key);
  if (validate === undefined) {
    const response = document.paths[path][method.toLowerCase()].responses[status];
    const place = response.$ref?.slice(1) ?? `/paths/${stepOf(path)}/${method.toLowerCase()}/responses/${status}`;
    const type = resolved(response).content['application/json'] ? 'application/json' : 'application/problem+json';
    validate = ajv.compile({ $ref: `api#${place}/content/${stepOf(type)}/schema` });
    validators.set(key, validate);
  }
  if (validate(body)) return null;
  const [error] = validate.errors ?? [];
  return `${error?.instancePath} ${error?.message}`;
}

const stepOf = (step: string): string =>
  step.replaceAll('~', '~0').replaceAll('/', '~1').replaceAll(/[{}]/g, encodeURIComponent);
