/** Writing the text of a version, once; it is kept and signed as it was written. */
import { createHash } from 'node:crypto';
import { type AgreementVersionTerms, inOrder } from '../domain/agreement.ts';
import { agreementText } from '../domain/agreement-text.ts';
import type { Deps, Drafted } from './ports.ts';

interface ToDraft {
  agreementId: string;
  number: number;
  replaces: number | null;
  terms: AgreementVersionTerms;
  names: ReadonlyMap<string, string>;
}

export function draft({ terms, ...version }: ToDraft): Drafted {
  const ordered = inOrder(terms);
  const text = agreementText({ ...version, terms: ordered });
  return { terms: ordered, text, textHash: createHash('sha256').update(text, 'utf8').digest('hex') };
}

const AT_ONCE = 50;

/**
 * Gives agreements their first text that were there before texts were, or that an older instance has drafted meanwhile.
 *
 * @returns how many; 0: none is left, or others are about them.
 */
export async function draftMissing({ agreements }: Pick<Deps, 'agreements'>): Promise<number> {
  let drafted = 0;
  for (const { id, terms, names } of await agreements.undrafted(AT_ONCE)) {
    const written = draft({ agreementId: id, number: 1, replaces: null, terms, names: new Map(Object.entries(names)) });
    // As they stand, in whatever order: that they are still the same is compared.
    if (await agreements.draftFirst(id, { ...written, terms })) drafted += 1;
  }
  return drafted;
}
