/** Ids, and a code, in the examples of the docs. The test that sends every example puts those of its own world in their place. */
export const EXAMPLE_IDS = {
  arge: '01980000-0000-7000-8000-000000000001',
  caritas: '01980000-0000-7000-8000-000000000002',
  agreement: '01980000-0000-7000-8000-000000000010',
  client: '01980000-0000-7000-8000-000000000020',
  entry: '01980000-0000-7000-8000-000000000030',
  laufzettel: '01980000-0000-7000-8000-000000000040',
  forwarding: '01980000-0000-7000-8000-000000000050',
  linkCode: '01980000-0000-7000-8000-000000000060',
  link: '01980000-0000-7000-8000-000000000070',
  code: '7K3M-QX0R-9D2T-4WZ8',
} as const;
