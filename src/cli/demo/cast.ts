/** Who takes part in the story, and the answers that they read in it, as the contract has them. */
import type { z } from 'zod';
import type { disclosureView } from '../../contract/clients.ts';
import type { conversationView } from '../../contract/consent-texts.ts';
import type { forwardedView, forwardingView, previewView } from '../../contract/forwardings.ts';
import type { planProposalView, planView } from '../../contract/plans.ts';
import type { Category } from '../../domain/catalogue.ts';
import type { Narrator } from './narrator.ts';
import type { Partner } from './partner.ts';
import type { InventedPerson } from './persons.ts';
import type { Withheld } from './words.ts';

export interface Cast {
  arge: Partner;
  /** The counselling service. */
  diakonie: Partner;
  /** A partner of the same agreement whom this case does not concern. */
  tgsh: Partner;
  /** The station after the counselling service, in the second story. */
  caritas: Partner;
  /** The Kirchenkreis's counselling service for young people, in the third story. */
  rantzau: Partner;
  /** Invented, as the next. */
  client: InventedPerson;
  /** Of the second story. */
  traveller: InventedPerson;
  /** Of the third story: sixteen years old. */
  youth: InventedPerson;
  narrator: Narrator;
}

export type Forwarding = z.infer<typeof forwardingView>;
export type Forwarded = z.infer<typeof forwardedView>;
export type Preview = z.infer<typeof previewView>;
export type Disclosure = z.infer<typeof disclosureView>;
export type Conversation = z.infer<typeof conversationView>;
export type Plan = z.infer<typeof planView>;
export type PlanProposal = z.infer<typeof planProposalView>;
export interface Page<Item> {
  items: Item[];
}
/** 403 `consent-missing`. */
export interface Refusal {
  withheld: Withheld[];
  missingCore: Category[];
}

/** An entry as its author writes it, with what the client's invention has for that category. */
export const entryAbout = (client: InventedPerson, category: Category) => ({
  category,
  payload: payloadOf(client, category),
});

export const payloadOf = (client: InventedPerson, category: Category) =>
  client[category.toLowerCase() as Lowercase<Category>];
