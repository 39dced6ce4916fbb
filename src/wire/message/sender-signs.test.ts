import assert from 'node:assert/strict';
import { test } from 'node:test';
import { headerFields, readHeader } from './header.ts';
import { defaultMessageLimits } from './limits.ts';
import { senderSigns } from './sender-signs.ts';

const signs = (header: string): string => {
  const { automated, list, bulk, daemon, nullPath } = senderSigns(headerFields(readHeader(`${header}\n`, 0, header.length + 1, defaultMessageLimits).fields));
  return Object.entries({ automated, list, bulk, daemon: daemon !== null, nullPath })
    .filter(([, holds]) => holds)
    .map(([name]) => name)
    .join(' ');
};

const cases: readonly [header: string, expected: string, why: string][] = [
  ['From: Kim <kim@home.example>\n', '', 'a person'],
  ['From: MAILER-DAEMON@x.example (Mail Delivery System)\n', 'automated daemon', 'a mail server by its address'],
  ['From: "Mail Delivery Subsystem" <x@x.example>\n', 'automated daemon', 'by its name'],
  ['From: Postmaster <>\n', 'automated daemon', 'without an address'],
  ['From: <Postmaster\\@x.example@y.example>\n', 'automated daemon', 'an address that a gateway has rewritten'],
  ['From: post_master@x.example\n', 'automated daemon', 'separators in the local part'],
  ['From: E500_SMTP_Mail_Service@x.example\n', 'automated daemon', 'the name of a program with a number in front'],
  ['From: =?utf-8?B?44K344K544OG44Og566h55CG6ICF?= <x@x.example>\n', 'automated daemon', 'by its name in Japanese'],
  ['From: Administrador del sistema <x@x.example>\n', 'automated daemon', 'by its name in Spanish'],
  ['From: Delivery Notification <tracking@parcel.example>\n', '', 'a parcel service'],
  ['From: Paul Postman <paul@home.example>\n', '', 'a name that begins like one'],
  ['From: kim@home.example\nReturn-Path: <>\n', 'automated nullPath', 'an empty envelope sender'],
  ['From: kim@home.example\nReturn-Path: <kim@home.example>\n', '', 'an envelope sender'],
  ['From: kim@home.example\nAuto-Submitted: no\n', '', 'RFC 3834: a person'],
  ['From: kim@home.example\nAuto-Submitted: auto-generated\n', 'automated', 'RFC 3834: a program'],
  ['From: kim@home.example\nList-Id: <a.b>\n', 'list bulk', 'RFC 2919'],
  ['From: kim@home.example\nPrecedence: list\n', 'list bulk', 'an old list'],
  ['From: kim@home.example\nPrecedence: bulk\n', 'bulk', 'bulk is no list'],
  ['From: kim@home.example\nSender: l@x.example\nReply-To: l@x.example\nTo: l@x.example\n', 'list bulk', 'LISTSERV'],
  ['From: kim@home.example\nSender: office@home.example\nTo: a@b.example\n', '', 'a secretary is no list'],
  ['From: l-admin@x.example\nX-MLServer: fml\nTo: l-admin@x.example\n', 'automated list bulk', "a list program's own letter"],
  ['From: kim@home.example\nX-MLServer: fml\n', 'list bulk', 'a letter that a list program passes on'],
];
for (const [header, expected, why] of cases) test(`${why}: ${expected || 'no sign'}`, () => assert.equal(signs(header), expected));
