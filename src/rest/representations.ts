/**
 * What an operation answers, in another form than JSON, by `Accept` (RFC 9110 section 12.5.1). Each is made of the very same
 * output. Who accepts none of the forms gets JSON, as at every other operation.
 */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Operation } from '../contract/operation.ts';
import type { OperationId } from '../contract/operations.ts';
import { agreementPage } from './agreement-page.ts';
import { conferenceCalendar } from './conference-calendar.ts';
import { conferencePage } from './conference-page.ts';
import { consentTextPage, consentTextPlain } from './consent-text-page.ts';
import { ownPage } from './own-page.ts';
import { roundCsv } from './round-csv.ts';
import { roundPage } from './round-page.ts';

export interface Representation {
  /** Without parameters. */
  mediaType: string;
  /** For the API description. */
  description: string;
  write(output: unknown): { body: string; headers: Readonly<Record<string, string>> };
}

const OF_OPERATION: Partial<Record<OperationId, readonly Representation[]>> = {
  getConsentText: [consentTextPage, consentTextPlain],
  getRound: [roundCsv, roundPage],
  getOwnPage: [ownPage],
  getAgreementVersion: [agreementPage],
  getConference: [conferenceCalendar, conferencePage],
};

export const representationsOf = ({ id }: Operation): readonly Representation[] =>
  OF_OPERATION[id as OperationId] ?? [];

/** null: JSON. Says in the answer that it depends on what was accepted. */
export function chosenRepresentation(
  operation: Operation,
  { headers }: FastifyRequest,
  reply: FastifyReply,
): Representation | null {
  const offered = representationsOf(operation);
  if (offered.length === 0) return null;
  reply.header('vary', 'accept');
  const types = ['application/json', ...offered.map(({ mediaType }) => mediaType)];
  const chosen = preferredType(headers.accept, types);
  return offered.find(({ mediaType }) => mediaType === chosen) ?? null;
}

export const sendAs = (reply: FastifyReply, { mediaType, write }: Representation, output: unknown): FastifyReply => {
  const { body, headers } = write(output);
  return reply.type(`${mediaType}; charset=utf-8`).headers(headers).send(body);
};

/** The offered type with the highest quality; of several the first. undefined: none is accepted. */
export function preferredType(accept: string | undefined, offered: readonly string[]): string | undefined {
  const ranges = (accept ?? '*/*').split(',').map((range) => {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
    const quality = parameters.find((one) => one.startsWith('q='))?.slice(2);
    return { type, quality: quality === undefined ? 1 : Number(quality) || 0 };
  });
  /** The most specific range that it falls under decides. */
  const qualityOf = (type: string): number => {
    const widenings = [type, `${type.split('/')[0]}/*`, '*/*'];
    return widenings.map((one) => ranges.find((range) => range.type === one)).find((one) => one)?.quality ?? 0;
  };
  const [best] = offered
    .map((type) => ({ type, quality: qualityOf(type) }))
    .filter(({ quality }) => quality > 0)
    .sort((one, other) => other.quality - one.quality);
  return best?.type;
}
