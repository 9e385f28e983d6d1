/** From what use cases answer about conferences to what goes over the wire. */
import { formatInstant, formatInstantOrNull } from './common.ts';

interface HeaderLike {
  beginsAt: number;
  endsAt: number | null;
  begunAt: number | null;
  endedAt: number | null;
  createdAt: number;
  changedAt: number;
}

export const viewConferenceHeader = <T extends HeaderLike>(conference: T) => ({
  ...conference,
  beginsAt: formatInstant(conference.beginsAt),
  endsAt: formatInstantOrNull(conference.endsAt),
  begunAt: formatInstantOrNull(conference.begunAt),
  endedAt: formatInstantOrNull(conference.endedAt),
  createdAt: formatInstant(conference.createdAt),
  changedAt: formatInstant(conference.changedAt),
});

export const viewConference = <T extends HeaderLike, I extends { addedAt: number }>({
  conference,
  agenda,
}: {
  conference: T;
  agenda: readonly I[];
}) => ({
  ...viewConferenceHeader(conference),
  agenda: agenda.map((item) => ({ ...item, addedAt: formatInstant(item.addedAt) })),
});
