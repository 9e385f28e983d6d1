/** Numbers of persons, as the admin may learn them: never about fewer than five. */
const FEWEST_TOLD = 5;

export const tellNumber = (persons: number): string =>
  persons < FEWEST_TOLD ? `fewer than ${FEWEST_TOLD} persons` : `${persons} persons`;
