// What the service is told by its operator, as one immutable value. How it is read from files and environment is in
// the other files of this room; nothing outside the room knows option names.

export interface Settings {
  readonly database: DatabaseSettings;
  readonly placement: PlacementSettings;
  readonly api: ApiSettings;
  /** Null unless the service runs with `[api] auth_strategy = keystone`: nobody else asks Keystone. */
  readonly keystone: KeystoneSettings | null;
  readonly policy: PolicySettings;
  /** Null: CORS is off. */
  readonly cors: CorsSettings | null;
  readonly enableProxyHeadersParsing: boolean;
  readonly log: LogSettings;
  readonly limits: LimitSettings;
  readonly berth: BerthSettings;
}

export interface ApiSettings {
  /** `development` is never configured: it is what `developmentSettings` says. */
  readonly authStrategy: 'keystone' | 'noauth2' | 'development';
}

export interface DatabaseSettings {
  /** Where the database is, already parsed from a SQLAlchemy URL (operations §1.9). */
  readonly connection: DatabaseLocation;
  /** Create or migrate the schema before serving. */
  readonly syncOnStartup: boolean;
  /** False: SQLite may lose the last commits at a power cut. */
  readonly sqliteSynchronous: boolean;
  /** Without effect on SQLite. */
  readonly pool: PoolSettings;
}

export type DatabaseLocation = SqliteLocation | ServerLocation;

export interface SqliteLocation {
  readonly kind: 'sqlite';
  /** A path, absolute or relative to the working directory, or `:memory:`. */
  readonly path: string;
  /** How long a statement waits for another process's lock. */
  readonly busyTimeoutMs: number;
}

/** A database server, MySQL standing for MariaDB too. */
export interface ServerLocation {
  readonly kind: 'mysql' | 'postgresql';
  /** Tried in this order; at least one. */
  readonly endpoints: readonly ServerEndpoint[];
  readonly user: string | null;
  readonly password: string | null;
  readonly database: string;
  /** Null: the connection is not encrypted. */
  readonly tls: DatabaseTls | null;
  readonly connectTimeoutMs: number;
}

export type ServerEndpoint =
  | { readonly host: string; readonly port: number }
  /** A socket of this machine. */
  | { readonly socketPath: string };

export interface DatabaseTls {
  readonly caFile: string | null;
  readonly certificateFile: string | null;
  readonly keyFile: string | null;
  /** Whether the server's certificate must be signed by someone trusted. */
  readonly verifyCertificate: boolean;
  /** Whether it must be for the host's name too. */
  readonly verifyHost: boolean;
}

/** Connections of one process to a database server. */
export interface PoolSettings {
  /** Connections for reading; those that write are `writeLanes` more. */
  readonly readConnectionsMax: number;
  /** How long a read waits for a free connection, at most. */
  readonly readWaitMaxMs: number;
  /** An older connection is replaced before its next use; null: never. */
  readonly connectionAgeMaxMs: number | null;
  /** Connections that write, each one transaction at a time. */
  readonly writeLanes: number;
  /** How long a request may wait for the database, all attempts together. */
  readonly deadlineMs: number;
  /** Attempts to reach the server at start; null: without end. */
  readonly startAttempts: number | null;
  readonly startIntervalMs: number;
  /** `sql_mode` of MySQL sessions. */
  readonly mysqlSqlMode: string;
}

export interface PlacementSettings {
  readonly randomizeAllocationCandidates: boolean;
  readonly incompleteConsumerProjectId: string;
  readonly incompleteConsumerUserId: string;
  /** ≥ 1, or null for no cap. */
  readonly maxAllocationCandidates: number | null;
  readonly generationStrategy: 'depth-first' | 'breadth-first';
}

/** How tokens are validated (operations §2). */
export interface KeystoneSettings {
  /** Base URL of Identity, with or without `/v3`. Names neither user nor password. */
  readonly authUrl: string;
  /** Ask `authUrl` for its version document before logging in. */
  readonly discoverVersion: boolean;
  readonly login: KeystoneLogin;
  /** Which endpoint of type `identity` validates tokens. */
  readonly endpoint: KeystoneEndpointChoice;
  /** For `WWW-Authenticate`. */
  readonly wwwAuthenticateUri: string;
  /** What access rules of application credentials call this service; null: they let nobody in. */
  readonly serviceType: string | null;
  readonly includeServiceCatalog: boolean;
  /** Compared as they are. */
  readonly serviceTokenRoles: readonly string[];
  readonly serviceTokenRolesRequired: boolean;
  /** How long an answer of Keystone is remembered; 0: not at all. */
  readonly tokenCacheMs: number;
  /** Bound on each request to Keystone, from connecting to the last byte. */
  readonly requestTimeoutMs: number;
  /** Further attempts of a validation when the connection fails. */
  readonly retriesMax: number;
  readonly tls: KeystoneTlsSettings;
}

export interface KeystoneEndpointChoice {
  readonly interface: 'public' | 'internal' | 'admin';
  /** Null: any. */
  readonly region: string | null;
}

/** Paths of PEM files, absolute or relative to the working directory. */
export interface KeystoneTlsSettings {
  /** Null: what the system trusts. */
  readonly caFile: string | null;
  readonly certificateFile: string | null;
  /** Null with a certificate: the key is in the same file. */
  readonly keyFile: string | null;
  readonly verify: boolean;
}

export type KeystoneLogin =
  | {
      readonly method: 'password';
      readonly user: KeystoneUser;
      readonly password: string;
      readonly scope: KeystoneScope;
    }
  | { readonly method: 'application-credential'; readonly id: string; readonly secret: string }
  | {
      readonly method: 'named-application-credential';
      readonly name: string;
      readonly user: KeystoneUser;
      readonly secret: string;
    };

/** By id, or by name; users and projects are named within a domain. */
export type KeystoneDomain = { readonly id: string } | { readonly name: string };
export type KeystoneUser = { readonly id: string } | { readonly name: string; readonly domain: KeystoneDomain };
export type KeystoneProject = KeystoneUser;

export type KeystoneScope =
  | { readonly kind: 'project'; readonly project: KeystoneProject }
  | { readonly kind: 'domain'; readonly domain: KeystoneDomain }
  | { readonly kind: 'system' }
  | { readonly kind: 'trust'; readonly trustId: string };

export interface PolicySettings {
  readonly enforceScope: boolean;
  readonly enforceNewDefaults: boolean;
  /** Absolute, or relative to one of `searchDirectories`; it need not exist. Null when there is none to look for. */
  readonly policyFile: string | null;
  /** Taken where `policyFile` does not exist: `policy.json`, if `policy_file` was left at its default. */
  readonly policyFileFallback: string | null;
  /** Absolute, or relative to one of `searchDirectories`. */
  readonly policyDirs: readonly string[];
  /** Absolute paths, first match wins (operations §3.7). */
  readonly searchDirectories: readonly string[];
  readonly defaultRule: string;
  readonly remote: RemotePolicySettings;
}

/** How `http:` and `https:` checks ask (operations §3.6). */
export interface RemotePolicySettings {
  readonly contentType: 'application/x-www-form-urlencoded' | 'application/json';
  readonly verifyServerCertificate: boolean;
  readonly caFile: string | null;
  readonly clientCertificateFile: string | null;
  readonly clientKeyFile: string | null;
  readonly timeoutMs: number;
}

export interface CorsSettings {
  readonly allowedOrigins: readonly string[];
  readonly allowCredentials: boolean;
  readonly maxAgeSeconds: number;
  readonly allowMethods: readonly string[];
  readonly allowHeaders: readonly string[];
  readonly exposeHeaders: readonly string[];
}

export interface LogSettings {
  readonly debug: boolean;
  /** Write all options at start, at level debug. */
  readonly options: boolean;
  /** Absolute, or relative to the working directory. */
  readonly file: string | null;
  /** Without a file and this, the log is on standard output. */
  readonly stderr: boolean;
  readonly identifiers: IdentifierSettings;
}

/** Whether the log names consumers, projects and users. */
export type IdentifierSettings =
  | { readonly kind: 'none' }
  | { readonly kind: 'plain' }
  | { readonly kind: 'hashed'; readonly key: string };

/** Bounds on one request, and on all of them together in one process (P6). */
export interface LimitSettings {
  readonly bodyBytesMax: number;
  /** Request line and headers together, the way Node's parser counts. */
  readonly headerBytesMax: number;
  /** Less than `headerBytesMax`. */
  readonly urlBytesMax: number;
  readonly queryParametersMax: number;
  readonly jsonDepthMax: number;
  readonly requestTimeoutMs: number;
  readonly connectionsMax: number;
  /** Of large answers that clients have yet to read, all together. */
  readonly unsentBytesMax: number;
  readonly admission: AdmissionSettings;
}

/** How many requests a process works on at a time, and how long further ones wait. */
export interface AdmissionSettings {
  /** ≥ 1 */
  readonly concurrentRequestsMax: number;
  readonly waitingRequestsMax: number;
  readonly waitingTimeMaxMs: number;
  /** A longer delay than this, and for a while, is an overload. */
  readonly overloadDelayMs: number;
}

/** Bounds on one search for allocation candidates (P6). */
export interface SearchLimits {
  readonly searchStepsMax: number;
  readonly requestGroupsMax: number;
  /** Allocation requests in one answer. */
  readonly candidatesMax: number;
}

/** What OpenStack Placement leaves to its WSGI container. */
export interface BerthSettings {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  /** Instead of host and port. */
  readonly socket: SocketSettings | null;
  /** Null: HTTP. */
  readonly tls: ListenerTlsSettings | null;
  /** Empty, or a path such as `/placement`: a slash in front, none at the end. */
  readonly mountPrefix: string;
  /** Without authentication, listen on more than the loopback interface all the same. */
  readonly allowRemoteNoauth: boolean;
  readonly search: SearchLimits;
  /** Whether `GET /berth/metrics` is answered. */
  readonly metrics: boolean;
  /** Pause between two slices of the model's audit; null: there is none. */
  readonly modelAuditIntervalMs: number | null;
  /** Processes that share the port; ≥ 1. */
  readonly workers: number;
}

export interface SocketSettings {
  readonly path: string;
  /** Of the file: 0o660. */
  readonly mode: number;
}

/** Paths of PEM files. */
export interface ListenerTlsSettings {
  readonly certificateFile: string;
  readonly keyFile: string;
}
