// The tables as Kysely sees them: OpenStack Placement's own (reference: schema-*.sql) and Berth's, named berth_….
// Drivers hand timestamps over as text in UTC, `YYYY-MM-DD HH:MM:SS` with or without a fraction.

import type { Generated, Selectable } from 'kysely';
import type {
  AggregateId,
  AggregateUuid,
  Brand,
  ConsumerId,
  ConsumerTypeId,
  ConsumerUuid,
  ProjectId,
  ProviderId,
  ProviderUuid,
  ResourceClassId,
  TraitId,
  UserId,
} from '../domain/ids.ts';

/** UTC text, without zone; see timestamps.ts. */
export type Timestamp = Brand<string, 'Timestamp'>;

/** Names a write lane. */
export type WriterId = Brand<string, 'WriterId'>;

interface Timestamps {
  created_at: Timestamp | null;
  updated_at: Timestamp | null;
}

export interface ResourceProvidersTable extends Timestamps {
  id: Generated<ProviderId>;
  uuid: ProviderUuid;
  name: string;
  generation: number;
  root_provider_id: ProviderId | null;
  parent_provider_id: ProviderId | null;
}

export interface InventoriesTable extends Timestamps {
  id: Generated<number>;
  resource_provider_id: ProviderId;
  resource_class_id: ResourceClassId;
  total: number;
  reserved: number;
  min_unit: number;
  max_unit: number;
  step_size: number;
  allocation_ratio: number;
}

export interface AllocationsTable extends Timestamps {
  id: Generated<number>;
  resource_provider_id: ProviderId;
  /** The consumer's uuid, not its id (operations §4.1). */
  consumer_id: ConsumerUuid;
  resource_class_id: ResourceClassId;
  used: number;
}

export interface ConsumersTable extends Timestamps {
  id: Generated<ConsumerId>;
  uuid: ConsumerUuid;
  project_id: ProjectId;
  user_id: UserId;
  generation: number;
  consumer_type_id: ConsumerTypeId | null;
}

export interface NamedTable<Id> extends Timestamps {
  id: Generated<Id>;
  name: string;
}

export interface OwnersTable<Id> extends Timestamps {
  id: Generated<Id>;
  external_id: string;
}

export interface AggregatesTable extends Timestamps {
  id: Generated<AggregateId>;
  uuid: AggregateUuid;
}

export interface ProviderAggregatesTable extends Timestamps {
  resource_provider_id: ProviderId;
  aggregate_id: AggregateId;
}

export interface ProviderTraitsTable extends Timestamps {
  trait_id: TraitId;
  resource_provider_id: ProviderId;
}

/** One row per write lane that is, or was lately, alive. A lane whose row is gone has lost its registration. */
export interface BerthWritersTable {
  /** A random UUID. */
  id: WriterId;
  /** Counts the commits it published. */
  last_seq: number;
  registered_at: Timestamp;
  seen_at: Timestamp;
}

/** One row per commit that changed something the model knows. */
export interface BerthChangesTable {
  writer_id: WriterId;
  seq: number;
  /** JSON array of the row ids of providers that changed. */
  providers: string;
  /** 1 when a resource class or trait was made, renamed or removed. */
  names: number;
  created_at: Timestamp;
}

/** See records/guards.ts. */
export interface BerthGuardsTable {
  name: string;
  version: number;
  changed_at: Timestamp;
}

/** One row per row that another service wrote while coexistence is on; see coexistence/foreign-changes.ts. */
export interface BerthForeignChangesTable {
  id: Generated<number>;
  /** Null: a resource class or trait was made, renamed or removed. */
  provider_id: ProviderId | null;
  /** By the database's clock; for people. */
  created_at: Generated<Timestamp>;
}

export interface BerthMigrationsTable {
  version: number;
  name: string;
  applied_at: Timestamp;
}

export interface Tables {
  alembic_version: { version_num: string };
  allocations: AllocationsTable;
  consumer_types: NamedTable<ConsumerTypeId>;
  consumers: ConsumersTable;
  inventories: InventoriesTable;
  placement_aggregates: AggregatesTable;
  projects: OwnersTable<ProjectId>;
  resource_classes: NamedTable<ResourceClassId>;
  resource_provider_aggregates: ProviderAggregatesTable;
  resource_provider_traits: ProviderTraitsTable;
  resource_providers: ResourceProvidersTable;
  traits: NamedTable<TraitId>;
  users: OwnersTable<UserId>;
  berth_writers: BerthWritersTable;
  berth_changes: BerthChangesTable;
  berth_guards: BerthGuardsTable;
  berth_foreign_changes: BerthForeignChangesTable;
  berth_migrations: BerthMigrationsTable;
}

export type InventoryRow = Selectable<InventoriesTable>;
