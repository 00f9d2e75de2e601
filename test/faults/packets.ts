// Packets of both protocols that fault tests wait for.

/** COMMIT as a command of its own, not the READ COMMITTED of another one. PostgreSQL ends it with a zero. */
const COMMAND = /COMMIT\0?$/;
/** Runs a prepared statement; stands after three bytes of length and one of sequence. */
const EXECUTE = 0x17;
/** The list of an entry of the change feed. */
const FEED_ENTRY = /\[[\d,]*\]/;

/**
 * What commits a write of Berth. MariaDB is sent the last changes, the entry of the feed among them, and the COMMIT as one
 * prepared statement, whose packets show the values alone.
 */
export const COMMIT = (packet: Buffer): boolean => {
  const text = packet.toString('latin1');
  return COMMAND.test(text) || (packet[4] === EXECUTE && FEED_ENTRY.test(text));
};
