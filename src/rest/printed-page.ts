/** What pages for a printer have in common: no scripts, nothing from elsewhere, every text escaped. */
import { createHash } from 'node:crypto';
import type { Language } from '../domain/languages.ts';

/** @param style the content of the page's one style element, without anything that differs from answer to answer. */
export const printedPageHeaders = (language: Language, style: string): Readonly<Record<string, string>> => ({
  'content-language': language,
  'content-security-policy': [
    "default-src 'none'",
    `style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'`,
    "font-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-frame-options': 'DENY',
});

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Text, for the content of an element or of a quoted attribute. */
export const escaped = (text: string): string => text.replaceAll(/[&<>"']/g, (one) => ENTITIES[one]!);
