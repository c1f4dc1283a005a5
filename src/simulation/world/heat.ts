/**
 * Demand for heat and cold by temperature.
 *
 * Source: the sigmoid and the hour factors of the German standard load profiles for gas (BDEW/VKU/GEODE guide), as
 * `shlp_sigmoid_factors.csv` of oemof/demandlib at 109c1c8 (MIT) and `hourly_factors_*.csv` of oruhnau/when2heat at
 * 95e73c5 (MIT) list them; the coefficients of performance are those of when2heat's `cop_parameters.csv`.
 */

/** A kind of heated building: one family, several families, trade and offices. */
export type Building = "house" | "flats" | "trade";

// A, B, C, D of h(t) = A / (1 + (B / (t − 40))^C) + D.
const sigmoid: Record<Building, readonly [number, number, number, number]> = {
  house: [3.0469695, -37.1833141, 5.6727847, 0.1163157],
  flats: [2.3877618, -34.7213605, 5.8164304, 0.1460936],
  trade: [3.008434556, -36.60784527, 7.321186953, 0.154966031],
};

/**
 * Heat of a day, hot water included, as a multiple of what the building needs on a day of 8 °C.
 *
 * @param temperature mean of the day in °C, below 40; rounded to 10⁻⁴ because powers differ in the last bit between
 * machines
 */
export function heatDay(building: Building, temperature: number): number {
  const [a, b, c, d] = sigmoid[building];
  return Math.round((a / (1 + (b / (Math.min(temperature, 39) - 40)) ** c) + d) * 10_000) / 10_000;
}

// Share of a day's heat in each hour, in ten-thousandths; columns are days of −15, −10 … 30 °C. That of trade is a
// Tuesday's and sums to 1.03 of the week's mean day.
const houseHours: readonly (readonly number[])[] = [
  [296, 292, 281, 262, 230, 196, 142, 96, 45, 45],
  [294, 289, 279, 266, 237, 208, 155, 105, 54, 54],
  [300, 296, 286, 274, 243, 217, 167, 112, 44, 44],
  [307, 303, 294, 289, 262, 249, 200, 162, 81, 81],
  [321, 318, 310, 333, 312, 326, 298, 289, 191, 191],
  [381, 380, 377, 430, 448, 483, 541, 662, 601, 601],
  [577, 573, 602, 551, 577, 619, 685, 821, 939, 939],
  [525, 530, 537, 510, 537, 578, 679, 757, 809, 809],
  [498, 501, 507, 497, 510, 527, 578, 609, 614, 614],
  [476, 479, 483, 482, 488, 486, 527, 601, 587, 587],
  [466, 469, 472, 467, 465, 452, 478, 513, 533, 533],
  [437, 438, 438, 446, 448, 430, 435, 483, 541, 541],
  [423, 424, 424, 439, 438, 424, 415, 442, 521, 521],
  [422, 422, 422, 435, 437, 422, 402, 397, 420, 420],
  [418, 418, 418, 448, 446, 433, 399, 378, 403, 403],
  [438, 439, 439, 456, 458, 452, 414, 359, 360, 360],
  [472, 475, 478, 481, 481, 478, 441, 400, 423, 423],
  [482, 485, 489, 489, 501, 509, 477, 428, 498, 498],
  [472, 475, 478, 491, 506, 523, 515, 456, 482, 482],
  [469, 471, 475, 484, 505, 527, 552, 513, 508, 508],
  [461, 463, 465, 466, 485, 504, 535, 519, 526, 526],
  [423, 424, 424, 414, 430, 440, 474, 442, 450, 450],
  [345, 343, 337, 318, 309, 301, 315, 309, 262, 262],
  [298, 294, 284, 272, 246, 218, 177, 147, 108, 108],
];
const tradeHours: readonly (readonly number[])[] = [
  [334, 344, 335, 313, 309, 293, 277, 252, 243, 240],
  [346, 354, 341, 327, 327, 312, 305, 303, 303, 302],
  [362, 356, 346, 334, 336, 324, 327, 307, 311, 314],
  [385, 383, 372, 355, 359, 355, 354, 342, 320, 321],
  [389, 383, 379, 372, 392, 409, 424, 428, 427, 441],
  [456, 450, 458, 464, 474, 477, 526, 547, 664, 712],
  [569, 538, 542, 538, 544, 559, 657, 712, 770, 804],
  [545, 549, 550, 563, 570, 592, 676, 745, 775, 799],
  [554, 546, 545, 572, 557, 598, 622, 620, 592, 602],
  [508, 506, 506, 534, 533, 547, 574, 567, 553, 559],
  [478, 478, 480, 503, 505, 508, 518, 534, 546, 548],
  [466, 464, 468, 484, 475, 474, 476, 477, 506, 509],
  [440, 439, 446, 462, 453, 451, 438, 473, 479, 482],
  [431, 428, 430, 445, 441, 435, 414, 409, 391, 385],
  [435, 426, 430, 439, 434, 428, 387, 382, 357, 341],
  [443, 436, 440, 440, 437, 421, 379, 353, 342, 328],
  [439, 428, 430, 433, 441, 420, 370, 332, 304, 283],
  [440, 431, 436, 438, 436, 427, 370, 343, 318, 302],
  [407, 417, 421, 427, 425, 418, 378, 357, 327, 318],
  [393, 413, 423, 423, 416, 419, 407, 390, 382, 371],
  [384, 404, 407, 405, 411, 416, 402, 407, 402, 386],
  [371, 397, 388, 375, 384, 390, 397, 389, 364, 354],
  [371, 375, 381, 340, 337, 331, 347, 353, 351, 344],
  [357, 355, 347, 315, 307, 295, 275, 278, 270, 258],
];

/**
 * Share of a day's heat that falls in one hour, linear between the listed temperatures.
 *
 * @param temperature mean of the day in °C
 * @param hour 0 to 23
 */
export function heatHour(building: Building, temperature: number, hour: number): number {
  const row = (building === "trade" ? tradeHours : houseHours)[hour]!;
  const place = Math.min(Math.max((temperature + 15) / 5, 0), row.length - 1);
  const left = Math.min(Math.floor(place), row.length - 2);
  const share = place - left;
  return (row[left]! * (1 - share) + row[left + 1]! * share) / 10_000;
}

/** Where a heat pump takes its heat from. */
export type HeatSource = "air" | "ground" | "water";

const performance: Record<HeatSource, readonly [number, number, number]> = {
  air: [6.08, -0.0941, 0.000464],
  ground: [10.29, -0.2084, 0.001322],
  water: [9.99, -0.2049, 0.001249],
};
/** Measured in homes, heat pumps reach about this much of the manufacturers' curve (when2heat's correction). */
const inPractice = 0.85;

/**
 * Coefficient of performance: heat out for each unit of electricity in.
 *
 * @param source °C of the source
 * @param sink °C of the water that leaves
 */
export function heatPumpPerformance(kind: HeatSource, source: number, sink: number): number {
  const [constant, linear, square] = performance[kind];
  const lift = Math.min(Math.max(sink - source, 15), 75);
  return inPractice * (constant + linear * lift + square * lift * lift);
}

/** Water for radiators and taps, °C. */
const homeSink = 45;

/** Coefficient of performance of a home's heat pump that takes its heat from air of so many °C. */
export const heatPumpAt = (temperature: number): number => heatPumpPerformance("air", temperature, homeSink);

/**
 * Cold that a building asks for, as a share of what it needs in an hour of 35 °C: nothing at or below 20 °C, then in
 * proportion. A model of its own: no published profile covers district cooling.
 */
export function coolingShare(temperature: number): number {
  return Math.min(Math.max((temperature - 20) / 15, 0), 1.5);
}
