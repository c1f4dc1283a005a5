// A member's bill of a month worked out again by the words of docs/tariffs.md, and shown so that it can be added up by
// hand (scripts/months.mjs). All numbers are whole: energy in 10⁻⁶ kWh, rates in 10⁻⁹ and money in 10⁻²¹ of the
// currency.

const cent = 10n ** 19n;
const less = { "at-local": 570_000n, "ch-leg": 400_000n };

/** A decimal as whole steps of 10^-places. */
const steps = (text, places) => {
  const [whole, fraction = ""] = text.replace("-", "").split(".");
  const size = BigInt(whole + fraction.padEnd(places, "0"));
  return text.startsWith("-") ? -size : size;
};

/** Whole steps of 10^-places as a decimal. */
const decimal = (value, places) => {
  const digits = `${value < 0n ? -value : value}`.padStart(places + 1, "0");
  const fraction = digits.slice(-places).replace(/0+$/, "");
  return `${value < 0n ? "−" : ""}${digits.slice(0, -places)}${fraction && `.${fraction}`}`;
};

const cents = (money) => {
  const size = money < 0n ? -money : money;
  const rounded = (2n * size + cent) / (2n * cent);
  return money < 0n ? -rounded : rounded;
};
const inCurrency = (value) => {
  const digits = `${value < 0n ? -value : value}`.padStart(3, "0");
  return `${value < 0n ? "−" : ""}${digits.slice(0, -2)}.${digits.slice(-2)}`;
};

const inHours = (hours, clock) => {
  const [from, to] = hours.split("-");
  return from < to ? clock >= from && clock < to : clock >= from || clock < to;
};

/** The line of energy at a rate: what it comes to, and how. */
function onEnergy(label, energy, component, rate) {
  const part = less[component.less] ?? 0n;
  const sign = component.sort === "feedIn" ? -1n : 1n;
  const money = sign * energy * steps(rate, 9) * (1_000_000n - part);
  const lowered = part === 0n ? "" : ` × ${decimal(1_000_000n - part, 6)}`;
  const how = `${decimal(energy, 6)} kWh × ${rate}${lowered} = ${decimal(money, 21)}`;
  return {
    label,
    sort: component.sort,
    how: sign < 0n ? `− ${how.replace("= −", "= ")}` : how,
    amount: cents(money),
  };
}

/**
 * The lines of a tariff. `hours`: of each hour the clock on the wall (`HH:mm`) and 10⁻⁶ kWh by what it was; `alone`:
 * all of it from and to the grid.
 */
function tariffLines(tariff, hours, alone) {
  const lines = [];
  const sumOn = (component, wanted = () => true) =>
    hours.filter(wanted).reduce((all, { fromGrid, received, toGrid, supplied }) => {
      const of = alone
        ? { fromGrid: fromGrid + received, toGrid: toGrid + supplied, received: 0n, supplied: 0n }
        : { fromGrid, received, toGrid, supplied };
      return all + component.on.reduce((sum, basis) => sum + of[basis], 0n);
    }, 0n);
  for (const component of tariff.components) {
    const { name, by, sort } = component;
    if (by === "energy") {
      const energy = sumOn(component);
      if (energy > 0n) lines.push(onEnergy(name, energy, component, component.rate));
    } else if (by === "calendar") {
      const partOf = ({ clock }) =>
        component.parts.find(
          (part) => part.hours === undefined || part.hours.some((each) => inHours(each, clock)),
        );
      for (const part of component.parts) {
        const energy = sumOn(component, (hour) => partOf(hour) === part);
        if (energy > 0n) lines.push(onEnergy(`${name}: ${part.name}`, energy, component, part.rate));
      }
    } else if (by === "month") {
      const amount = cents(steps(component.rate, 21));
      lines.push({ label: name, sort, how: `1 month × ${component.rate}`, amount });
    } else {
      const of = lines.filter((line) => component.of.includes(line.sort));
      const sum = of.reduce((all, { amount }) => all + amount, 0n);
      const money = (sum * 10n ** 19n * steps(component.percent, 2)) / 10_000n;
      const terms = of.map(({ amount }) => inCurrency(amount)).join(" + ");
      const how = `${component.percent} % of ${terms} = ${inCurrency(sum)}, which is ${decimal(money, 21)}`;
      lines.push({ label: name, sort, how, amount: cents(money) });
    }
  }
  return lines;
}

/** The lines of sharing: what is received is paid, what is supplied is earned. */
function sharingLines(hours, price) {
  return [
    ["received by sharing", "received", 1n],
    ["supplied by sharing", "supplied", -1n],
  ].flatMap(([label, basis, sign]) => {
    const energy = hours.reduce((all, hour) => all + hour[basis], 0n);
    if (energy === 0n) return [];
    const line = onEnergy(label, energy, { sort: sign < 0n ? "feedIn" : "energy" }, price);
    return [{ ...line, sort: "community" }];
  });
}

/** What does not agree with a bill that `gridclear bill --json` made, and the same bill as a section of a page. */
export function billSection(tariff, hours, price, made) {
  const lines = [...sharingLines(hours, price), ...tariffLines(tariff, hours, false)];
  const alone = tariffLines(tariff, hours, true);
  const faults = [
    ...differences(lines, made.lines),
    ...differences(alone, made.without.lines),
    ...(made.isClosed ? [] : ["the month is not closed"]),
  ];
  const [total, without] = [lines, alone].map((own) => own.reduce((all, { amount }) => all + amount, 0n));
  for (const [mine, its] of [
    [total, made.total],
    [without, made.without.total],
  ])
    if (mine !== steps(its, 2)) faults.push(`total ${its}, computed ${inCurrency(mine)}`);
  const table = (own, sum, title) => [
    `| ${title} | how | ${made.currency} |`,
    "| --- | --- | ---: |",
    ...own.map(({ label, how, amount }) => `| ${label} | ${how} | ${inCurrency(amount)} |`),
    `| **total** | the sum of the lines | **${inCurrency(sum)}** |`,
  ];
  const text = [
    ...table(lines, total, "line"),
    "",
    `Without the community, all of it from and to the grid, ${inCurrency(without - total)} more:`,
    "",
    ...table(alone, without, "line"),
  ].join("\n");
  return { faults, text };
}

function differences(lines, made) {
  const found = made.map(({ label, amount }) => `${label}: ${inCurrency(steps(amount, 2))}`).sort();
  const wanted = lines.map(({ label, amount }) => `${label}: ${inCurrency(amount)}`).sort();
  return found.join() === wanted.join()
    ? []
    : [`the bill says ${found.join(", ")}; computed: ${wanted.join(", ")}`];
}
