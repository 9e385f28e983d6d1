/** Thrown by every store when the database cannot be reached, has no connection left, or did not answer in time. */
export class StoreUnavailable extends Error {}
