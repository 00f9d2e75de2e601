// Packets of both protocols that fault tests wait for.

/** COMMIT as a command of its own, not the READ COMMITTED of another one. PostgreSQL ends it with a zero. */
export const COMMIT = (packet: Buffer): boolean => /COMMIT\0?$/.test(packet.toString('latin1'));
