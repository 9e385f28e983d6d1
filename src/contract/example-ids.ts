/** Ids, codes and an address in the examples of the docs. The test that sends every example puts those of its own world in their place. */
export const EXAMPLE_IDS = {
  arge: '01980000-0000-7000-8000-000000000001',
  caritas: '01980000-0000-7000-8000-000000000002',
  agreement: '01980000-0000-7000-8000-000000000010',
  client: '01980000-0000-7000-8000-000000000020',
  entry: '01980000-0000-7000-8000-000000000030',
  laufzettel: '01980000-0000-7000-8000-000000000040',
  forwarding: '01980000-0000-7000-8000-000000000050',
  disclosure: '01980000-0000-7000-8000-000000000060',
  proposal: '01980000-0000-7000-8000-000000000070',
  request: '01980000-0000-7000-8000-000000000080',
  linkCode: '01980000-0000-7000-8000-000000000090',
  link: '01980000-0000-7000-8000-0000000000a0',
  code: '7K3M-QX0R-9D2T-4WZ8',
  webhook: '01980000-0000-7000-8000-0000000000b0',
  webhookUrl: 'https://fachverfahren.example.org/laufzettel',
  webhookCode: 'mJ2v0fYq3kR9bXc5sT7wZg',
} as const;
