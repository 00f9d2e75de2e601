// Names for fresh databases: numbered within this process; its id keeps processes apart that share a server.

let count = 0;

export function freshDatabaseName(): string {
  count += 1;
  return `berth_${process.pid}_${count}`;
}
