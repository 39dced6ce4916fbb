// Every language, by its name in the configuration.
import type { DigestLanguage } from '../../../model/release.ts';
import type { DigestWords } from '../words.ts';
import { de } from './de.ts';
import { en } from './en.ts';
import { es } from './es.ts';
import { fr } from './fr.ts';
import { it } from './it.ts';
import { nl } from './nl.ts';
import { pl } from './pl.ts';
import { pt } from './pt.ts';

export const digestWords: Readonly<Record<DigestLanguage, DigestWords>> = { de, en, es, fr, it, nl, pl, pt };
