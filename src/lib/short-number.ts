// Numbers for people.

/** With two digits behind the point at most, without what floating point makes of sums. */
export const shortNumber = (value: number): string => String(Math.round(value * 100) / 100);
