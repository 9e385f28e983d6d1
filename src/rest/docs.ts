import { readFileSync } from 'node:fs';
import scalar from '@scalar/fastify-api-reference';
import type { FastifyInstance } from 'fastify';
import { parse, stringify } from 'yaml';
import { NONCE, protectPages } from './page-headers.ts';

export type ApiReferenceOptions = {
  /** The OpenAPI document: text (YAML or JSON) or an object. Asked for on each request, rendered when it changed. */
  specification: () => string | object;
};

/** Names the release in the address of its files, so that a browser may keep them. */
const SCALAR_VERSION: string = JSON.parse(
  readFileSync(new URL('../package.json', import.meta.resolve('@scalar/fastify-api-reference')), 'utf8'),
).version;

/**
 * `/docs`, the API reference by Scalar, with `/openapi.json` and `/openapi.yaml`. Register it encapsulated, as it is.
 *
 * The page reaches this service and nobody else: Scalar's fonts, telemetry, agent, hosted client and request proxy
 * are off by configuration, and the policy would refuse them all the same. "Test Request" sends straight from the
 * browser, so only servers of the document that are this service answer it. A token typed there ends with the tab.
 */
export async function apiReference(fastify: FastifyInstance, { specification }: ApiReferenceOptions): Promise<void> {
  protectPages(fastify);
  fastify.addHook('onSend', async (request, reply) => {
    if (request.url.endsWith(`/scalar.js?v=${SCALAR_VERSION}`)) {
      reply.header('Cache-Control', 'public, max-age=31536000, immutable');
    }
  });

  const document = renderOnChange(specification);
  fastify.get('/openapi.json', { schema: { hide: true } as object }, async (_request, reply) =>
    reply.header('Cache-Control', 'no-cache').type('application/json; charset=utf-8').send(document().json),
  );
  fastify.get('/openapi.yaml', { schema: { hide: true } as object }, async (_request, reply) =>
    reply.header('Cache-Control', 'no-cache').type('application/yaml; charset=utf-8').send(document().yaml),
  );

  await fastify.register(scalar, {
    routePrefix: '/docs',
    configuration: {
      url: '/openapi.json',
      pageTitle: 'Laufzettel API',
      cdn: `js/scalar.js?v=${SCALAR_VERSION}`, // the plugin's own route, in spite of the name
      nonce: NONCE,
      withDefaultFonts: false,
      telemetry: false,
      agent: { disabled: true },
      mcp: { disabled: true },
      hideClientButton: true,
      showDeveloperTools: 'never',
      // Closed tags would leave all but the first one's operations out of the sidebar, the scroll and Ctrl+F.
      defaultOpenAllTags: true,
      // Without it there is no field for a token until its visitor has chosen between the schemes.
      authentication: { preferredSecurityScheme: 'token' },
      persistAuth: false,
    },
  });
}

/** Parsing a long document takes tens of milliseconds, and anybody may ask for it: once per document is enough. */
function renderOnChange(specification: () => string | object) {
  let source: string | object | undefined;
  let rendered = { json: '', yaml: '' };
  return () => {
    const current = specification();
    if (current !== source) {
      rendered =
        typeof current === 'string'
          ? { json: JSON.stringify(parse(current)), yaml: current }
          : { json: JSON.stringify(current), yaml: stringify(current) };
      source = current;
    }
    return rendered;
  };
}
