// Names that every site is expected to have (RFC 2142): who writes to one that we have not is asking for help, and guesses nothing.

const roles = new Set([
  'abuse',
  'admin',
  'administrator',
  'hostmaster',
  'info',
  'mailer-daemon',
  'marketing',
  'noc',
  'postmaster',
  'root',
  'sales',
  'security',
  'support',
  'webmaster',
  'www',
]);

/** Whether the local part of a lower-case address is such a name. */
export const isRoleAddress = (address: string): boolean => roles.has(address.slice(0, Math.max(0, address.lastIndexOf('@'))));
