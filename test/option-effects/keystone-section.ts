// A [keystone_authtoken] that lacks nothing, for a Keystone at some address.

/** Lines that come later win. */
export const KEYSTONE_SECTION = (url: string, lines = ''): string =>
  `[keystone_authtoken]
www_authenticate_uri = http://shown.example.com/
auth_type = password
auth_url = ${url}
username = placement
password = the-password
user_domain_name = Default
project_name = service
project_domain_name = Default
${lines}
`;
