/** What a caller knows after an answer: ids of the things in it, and their versions. */
import { getNamedType, isObjectType } from 'graphql';
import type { Json } from './description.ts';
import type { Selected } from './graphql-requests.ts';
import { ACTORS, KIND_OF_MEMBER, KIND_OF_PLACE, type Kind, LINK_CODE, type Pools } from './pools.ts';
import type { Answer, Request } from './request.ts';

export function learnFrom(pools: Pools, caller: string, { door, path, selected }: Request, { text }: Answer): void {
  let body: Json;
  try {
    body = JSON.parse(text);
  } catch {
    return;
  }
  if (door === 'REST') {
    const place = path
      .split('?')[0]!
      .split('/')
      .findLast((step) => KIND_OF_PLACE[step] !== undefined);
    walk(pools, caller, body, place === undefined ? undefined : KIND_OF_PLACE[place]);
  } else {
    for (const one of selected ?? []) walkTyped(pools, caller, body?.data?.[one.name], one);
  }
}

function walk(pools: Pools, caller: string, value: Json, kind: Kind | undefined): void {
  if (Array.isArray(value)) for (const one of value) walk(pools, caller, one, kind);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return;
  if (kind !== undefined) pools.learn(caller, kind, value.id);
  pools.learnVersion(value.id, value.version);
  learnMembers(pools, caller, value);
  // A page holds things of its list; what stands in a thing is of its own kind.
  for (const [name, one] of Object.entries<Json>(value)) {
    if (typeof one === 'object') walk(pools, caller, one, name === 'items' ? kind : KIND_OF_PLACE[`${name}s`]);
  }
}

function walkTyped(pools: Pools, caller: string, value: Json, { type, below }: Selected): void {
  if (Array.isArray(value)) for (const one of value) walkTyped(pools, caller, one, { name: '', type, below });
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return;
  const named = getNamedType(type);
  const kind = isObjectType(named) ? KIND_OF_PLACE[named.name] : undefined;
  if (kind !== undefined) pools.learn(caller, kind, value.id);
  pools.learnVersion(value.id, value.version);
  learnMembers(pools, caller, value);
  for (const one of below) walkTyped(pools, caller, value[one.name], one);
}

/** An agency's id is everywhere, and everybody knows all of them by the directory already. */
function learnMembers(pools: Pools, caller: string, value: Record<string, Json>): void {
  for (const [name, one] of Object.entries(value)) {
    // The person carries it on.
    if (name === 'code' && LINK_CODE.test(one)) for (const other of ACTORS) pools.teach(other, 'code', one);
    const kind = KIND_OF_MEMBER[name];
    if (kind !== undefined && kind !== 'agency') for (const id of [one].flat()) pools.learn(caller, kind, id);
  }
}
