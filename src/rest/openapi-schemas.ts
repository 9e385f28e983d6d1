/** Schemas of the contract as components of the API description: each shape that several places share stands once. */
import { z } from 'zod';
import { agencyView } from '../contract/agencies.ts';
import { agreementView } from '../contract/agreements.ts';
import { clientView, disclosureView, openClientView } from '../contract/clients.ts';
import { category, day, id, instant, instantOrDay, purpose } from '../contract/common.ts';
import { releaseView, statementView } from '../contract/consent.ts';
import { consentFormView, recordedLineView } from '../contract/consent-form.ts';
import { entryView, hopView } from '../contract/entries.ts';
import { forwardBody, forwardingHeaderView, forwardingView, withheldView } from '../contract/forwardings.ts';
import { kind, laufzettelView, urgency } from '../contract/laufzettel.ts';
import { neededView } from '../contract/needed.ts';
import { proposalView } from '../contract/proposals.ts';

type Json = Record<string, unknown>;

const NAMES = new Map<z.core.$ZodType, string>([
  [id, 'Id'],
  [instant, 'Instant'],
  [day, 'Day'],
  [instantOrDay, 'InstantOrDay'],
  [category, 'Category'],
  [purpose, 'Purpose'],
  [kind, 'Kind'],
  [urgency, 'Urgency'],
  [agencyView, 'Agency'],
  [agreementView, 'Agreement'],
  [clientView, 'Client'],
  [openClientView, 'OpenClient'],
  [disclosureView, 'Disclosure'],
  [statementView, 'Statement'],
  [releaseView, 'Release'],
  [consentFormView, 'ConsentForm'],
  [recordedLineView, 'RecordedLine'],
  [proposalView, 'Proposal'],
  [entryView, 'Entry'],
  [hopView, 'EntryHop'],
  [laufzettelView, 'Laufzettel'],
  [forwardBody, 'Forward'],
  [forwardingView, 'Forwarding'],
  [forwardingHeaderView, 'ForwardingHeader'],
  [withheldView, 'Withheld'],
  [neededView, 'Needed'],
]);

/** The descriptions of the contract, and as `id`, which makes a component, the names above or a schema's own title. */
const names: z.core.$ZodRegistry<Json> = Object.assign(z.registry<Json>(), {
  get(schema: z.core.$ZodType) {
    const { title, ...meta } = (z.globalRegistry.get(schema) ?? {}) as Json;
    const name = NAMES.get(schema) ?? (isTitleOwn(schema, title) ? title : undefined);
    return name === undefined ? meta : { ...meta, id: name };
  },
});

/** A title is inherited by what is derived from a schema; a component is the schema itself. */
function isTitleOwn(schema: z.core.$ZodType, title: unknown): boolean {
  const { parent } = schema._zod;
  return typeof title === 'string' && (!parent || (z.globalRegistry.get(parent) as Json | undefined)?.title !== title);
}

/** Collects components while it turns schemas into references to them. */
export class SchemaCollection {
  readonly components: Record<string, Json> = {};

  /** What a caller sends. */
  input(schema: z.ZodType): Json {
    return this.#convert(schema, 'input');
  }

  /** What a caller gets. New members may come within /v1, so none is ruled out. */
  output(schema: z.ZodType): Json {
    return this.#convert(schema, 'output');
  }

  #convert(schema: z.ZodType, io: 'input' | 'output'): Json {
    const converted = z.toJSONSchema(schema, {
      io,
      metadata: names,
      override: ({ jsonSchema }) => {
        if (io === 'output' && jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
        // Keys of an object are strings anyway.
        delete jsonSchema.propertyNames;
        // The format says it; the expression behind it fills a page.
        if (jsonSchema.format && jsonSchema.type === 'string') delete jsonSchema.pattern;
      },
    }) as Json;
    // A schema that is a component itself is a reference beside its own definition.
    const { $schema: _version, $defs = {}, ...root } = converted;
    for (const [name, definition] of Object.entries($defs as Record<string, Json>)) {
      const { id: _name, ...component } = definition;
      this.#add(name, relocate(component) as Json);
    }
    return relocate(root) as Json;
  }

  #add(name: string, component: Json): void {
    const known = this.components[name];
    if (known && JSON.stringify(known) !== JSON.stringify(component)) {
      throw new Error(`two different schemas are called ${name}`);
    }
    this.components[name] = component;
  }
}

/** What stays beside a reference; zod repeats some of what the reference says. */
const BESIDE_REFERENCE = ['$ref', 'description', 'default'];

/** References from where zod puts definitions to where OpenAPI has them. */
function relocate(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(relocate);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).map(([name, member]) => [name, relocate(member)]);
  if (!('$ref' in value) || typeof value.$ref !== 'string') return Object.fromEntries(members);
  return {
    ...Object.fromEntries(members.filter(([name]) => BESIDE_REFERENCE.includes(String(name)))),
    $ref: value.$ref.replace('#/$defs/', '#/components/schemas/'),
  };
}
