// Who is calling, as policy sees it (operations §2.11). Never logged.

export interface Caller {
  readonly userId: string | null;
  readonly projectId: string | null;
  readonly domainId: string | null;
  readonly userDomainId: string | null;
  readonly projectDomainId: string | null;
  /** `all` (or, in noauth2, whatever the client said), or null. */
  readonly systemScope: string | null;
  /** Trimmed; compared without regard to case. */
  readonly roles: readonly string[];
  readonly isAdminProject: boolean;
  readonly serviceUserId: string | null;
  readonly serviceProjectId: string | null;
  readonly serviceUserDomainId: string | null;
  readonly serviceProjectDomainId: string | null;
  readonly serviceRoles: readonly string[];
}

/** One value per header name in lower case, as an HTTP server hands them over; repeated ones joined with `,`. */
export type RequestHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

/** What is called: credentials may be good for some requests only. */
export interface RequestLine {
  /** In capitals, as sent. */
  readonly method: string;
  /** With the mount prefix and without the query; percent sequences decoded where that is possible. */
  readonly path: string;
}

/** Tells who is calling. `/` and the empty path never get here. */
export interface Authenticator {
  /** Answers at once where nobody has to be asked. */
  authenticate(headers: RequestHeaders, request: RequestLine): AuthenticationResult | Promise<AuthenticationResult>;
}

export type AuthenticationResult =
  | { readonly kind: 'caller'; readonly caller: Caller }
  | { readonly kind: 'unauthorized'; readonly headers: Readonly<Record<string, string>>; readonly body: unknown }
  | { readonly kind: 'unavailable'; readonly headers: Readonly<Record<string, string>>; readonly body: unknown };
