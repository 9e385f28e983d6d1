/** What would have to be said, released or agreed for a withheld entry to go. */
import { z } from 'zod';
import { STATED_BY } from '../domain/facts.ts';
import { NEEDED_FORMS, NEEDED_TYPES, OBSTACLES } from '../domain/needed.ts';
import { category, id, purpose } from './common.ts';

export const neededView = z.object({
  type: z
    .enum(NEEDED_TYPES)
    .describe(
      'CONSENT: a statement to record. RELEASE: a release from professional secrecy to record. AGREEMENT: one that is missing between the parties. ASK_ORIGIN: it lies with the agency that wrote the entry. NOT_POSSIBLE: nothing that anybody says would help.',
    ),
  categories: z.array(category),
  clientId: id.nullable().describe('CONSENT, RELEASE: who has to say it; your own handle'),
  discloser: id.nullable().describe('CONSENT: who gives'),
  origin: id.nullable().describe('RELEASE: whose secret it is. ASK_ORIGIN: whom to ask'),
  recipient: id.nullable().describe('CONSENT, RELEASE: who gets'),
  purpose: purpose.nullable().describe('CONSENT, AGREEMENT'),
  form: z.enum(NEEDED_FORMS).nullable().describe('CONSENT, RELEASE'),
  explicitSpecialCategories: z
    .boolean()
    .nullable()
    .describe('CONSENT: true when the text has to name the special categories (Art. 9 GDPR) expressly'),
  statedBy: z
    .array(z.enum(STATED_BY))
    .nullable()
    .describe(
      'CONSENT, RELEASE: whoever of these may speak at the age: under 15 a GUARDIAN; 15 to 17 a GUARDIAN, or the PERSON with capacityConfirmed; from 18 the PERSON or a LEGAL_REPRESENTATIVE. PERSON alone: a youth said no, whom no guardian overrules',
    ),
  supersedes: z
    .boolean()
    .nullable()
    .describe('CONSENT, RELEASE: true when a no stands; the yes has to be stated after it'),
  parties: z.array(id).nullable().describe('AGREEMENT: who has to have signed one in force'),
  reason: z.enum(OBSTACLES).nullable().describe('NOT_POSSIBLE: why'),
});
