/** The list that the client may ask for: who received what about her, when, on what basis, until when (Art. 15 GDPR). */
import type { StatementView } from '../../contract/consent.ts';
import type { Category } from '../../domain/catalogue.ts';
import type { Cast, Disclosure, Page } from './cast.ts';
import { categoriesOf, named, timeOf } from './words.ts';

export async function givesAccount(
  { arge, narrator: { told, shows, check } }: Cast,
  clientId: string,
  expected: readonly Category[],
): Promise<void> {
  const listed = await told(arge.get<Page<Disclosure>>(`/v1/clients/${clientId}/disclosures`), 200);
  const { items: statements } = await told(arge.get<Page<StatementView>>(`/v1/clients/${clientId}/statements`), 200);
  const rows = listed.items.toSorted((one, other) => (one.id < other.id ? -1 : 1));
  for (const row of rows) {
    const ours = row.from === arge.agency.id;
    const way = ours ? 'ARGE to counselling service' : 'counselling service to ARGE';
    const basis = ours ? basisOf(row, statements) : 'her yes, which the counselling service keeps';
    shows(
      `${timeOf(row.openedAt)} ${way}: ${named(row.category)}, for ${row.purpose}, on ${basis}; ` +
        `${row.fetchedAt ? `read ${timeOf(row.fetchedAt)}` : 'never read'}, ` +
        `${row.closedAt ? `ended ${timeOf(row.closedAt)}` : 'not ended'}`,
    );
  }
  check('seven pieces in all', categoriesOf(rows), expected);
  check(
    'each was read, and each has ended',
    rows.filter(({ fetchedAt, closedAt }) => fetchedAt === null || closedAt === null),
    [],
  );
  check(
    'her no stands in the list of what she said, and not whom she told it',
    statements.filter(({ decision }) => decision === 'WITHDRAWN').map(({ recordedBy }) => recordedBy),
    [null],
  );
}

/** The yes that it was permitted on, as the exchange kept it. */
function basisOf({ basis }: Disclosure, statements: readonly StatementView[]): string {
  const yes = statements.find((one) => basis?.statements.includes(one.id));
  if (yes === undefined) return 'no yes that is kept';
  return `her ${yes.form === 'ORAL' ? 'spoken' : 'written'} yes of ${timeOf(yes.statedAt)}`;
}
