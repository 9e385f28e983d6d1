/** Of a test that is a short form of a command of its own: whether it is left to that command. TESTS=all npm test leaves none out. */
export const leftToItsCommand = process.env.TESTS !== 'all';
