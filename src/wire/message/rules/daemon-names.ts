// Under what names programs send reports: display names beside the address, by language, and local parts. Exchange and its kin write their name in the language of the server.
import { inLanguages, PhraseTable } from '../phrases.ts';

const names = inLanguages(true, {
  English: `
    mail delivery | mail deliver system | message delivery | email delivery | e-mail delivery | delivery subsystem | delivery system |  mailer-daemon | mailer daemon | maildaemon | mail daemon | mail system | mail administrator | system administrator |
    postmaster | post master | microsoft outlook | jetmail system | content-filter | interscan | mail server | mailmarshal | mail gateway | email gateway |
    e-mail gateway | smtp gateway | smtp server | smtp mail service | smtp daemon | mail router | mail robot | internet mail connector | mail transfer |
    message transfer agent | mail transport`,
  'German, Swedish, Danish': `systemadministrator | system-administrator | mailzustellsystem | mail-zustell | e-mail-system`,
  French: `administrateur systeme | systeme de messagerie | service de distribution`,
  Spanish: `administrador del sistema | administrador de sistema | sistema de entrega | sistema de correo`,
  Portuguese: `administrador do sistema | administrador de sistema | sistema de entrega | sistema de correio | sistema de e-mail`,
  Italian: `amministratore di sistema | amministratore del sistema | amministratore sistema | sistema di posta`,
  Dutch: `systeembeheerder | mailsysteem`,
  Finnish: `jarjestelmanvalvoja | postijarjestelma`,
  Polish: `administrator systemu | system pocztowy`,
  'Czech, Slovak': `spravce systemu | spravca systemu | postovni system`,
  Hungarian: `rendszergazda | levelezorendszer`,
  Romanian: `administrator sistem | administratorul de sistem | administrator de sistem`,
  Turkish: `sistem yoneticisi`,
  Russian: `системный администратор | почтовая система | почтовый робот | служба доставки | система доставки`,
  Ukrainian: `системний адміністратор | поштова система`,
  Bulgarian: `системен администратор`,
  Greek: `διαχειριστης συστηματος`,
  Hebrew: `מנהל המערכת`,
  Arabic: `مسؤول النظام | نظام البريد`,
  Japanese: `システム管理者 | メール配信システム | メールシステム`,
  Chinese: `系统管理员 | 邮件系统 | 系统退信 | 投递系统`,
  'Chinese (Taiwan)': `系統管理員 | 郵件系統 | 系統退信`,
  Korean: `시스템 관리자 | 메일 시스템`,
});

/** Names beside the address. */
export const daemonNames = new PhraseTable(names);

/** Local parts under which servers send their reports; compared without dots, dashes and underscores. */
export const daemonLocals: ReadonlySet<string> = new Set([
  'mailerdaemon',
  'mailerdeamon',
  'maildaemon',
  'mailsystem',
  'maildeliverysystem',
  'maildelivery',
  'postmaster',
  'poostmaster',
  'mdaemon',
  'mmdf',
  'mailmaster',
  'systemadministrator',
  'mailadministrator',
  'smtpdaemon',
  'uucp',
  'amavis',
  'microsoftexchange329e71ec88ae4615bbc36ab6ce41109e', // Exchange Online and Server since 2007
]);

/** The same as part of a longer one: `mailer-daemon-eu`, `E500_SMTP_Mail_Service`. Written without separators. */
export const daemonLocalPart = /mailerdaemon|^postmaster|smtpmailservice|^(?:smtp|e?mail|mta)(?:gateway|router|relay|robot|agent|server)$/;
