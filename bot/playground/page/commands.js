// Slash commands as data: flattening subcommands, reading what was typed, checking options. No DOM here.

export const KIND = {
  subcommand: 1,
  group: 2,
  string: 3,
  integer: 4,
  boolean: 5,
  user: 6,
  channel: 7,
  role: 8,
  mentionable: 9,
  number: 10,
  attachment: 11,
};

const isNested = (option) => option.type === KIND.subcommand || option.type === KIND.group;

/** Discord's commands as `{name: "quota set", description, options}`, one for each thing that can be sent. */
export function flatten(commands) {
  const flat = (command, path) => {
    const name = [...path, command.name];
    const nested = (command.options ?? []).filter(isNested);
    if (nested.length) return nested.flatMap((inner) => flat(inner, name));
    return [{ name: name.join(" "), description: command.description, options: command.options ?? [] }];
  };
  return commands.filter((command) => (command.type ?? 1) === 1).flatMap((command) => flat(command, []));
}

/** The commands that `text` (with its slash) may become, best first; none once a command's own text has begun. */
export function suggest(commands, text) {
  if (!text.startsWith("/")) return [];
  const typed = text.slice(1).toLowerCase();
  const begins = commands.filter((command) => command.name.startsWith(typed));
  const contains = commands.filter((command) => !begins.includes(command) && command.name.includes(typed));
  return [...begins, ...(typed.includes(" ") ? [] : contains)];
}

/** The command that `text` starts with and what follows it, or null. */
export function split(commands, text) {
  if (!text.startsWith("/")) return null;
  const typed = text.slice(1).trimStart();
  const fitting = commands
    .filter((command) => typed === command.name || typed.startsWith(`${command.name} `))
    .sort((one, other) => other.name.length - one.name.length);
  if (!fitting.length) return null;
  return { command: fitting[0], rest: typed.slice(fitting[0].name.length).trim() };
}

/**
 * Reads the options out of the text behind a command: `name:value` (no space between) where a name is an option's,
 * what stands before them to the main option.
 */
export function readOptions(command, rest) {
  const values = {};
  const names = command.options.map((option) => option.name);
  const marker = new RegExp(`(?:^|\\s)(${names.map(escape).join("|")}):(?=\\S)`, "g");
  const marks = names.length ? [...rest.matchAll(marker)] : [];
  const free = rest.slice(0, marks[0]?.index ?? rest.length).trim();
  marks.forEach((mark, index) => {
    const end = marks[index + 1]?.index ?? rest.length;
    values[mark[1]] = rest.slice(mark.index + mark[0].length, end).trim();
  });
  if (!free) return { values, left: "" };
  const main = mainOption(command);
  if (!main || main.name in values) return { values, left: free };
  return { values: { ...values, [main.name]: free }, left: "" };
}

const escape = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

const isTyped = (option) => [KIND.string, KIND.integer, KIND.number].includes(option.type) && !option.choices?.length;

/** The option that free text behind the command means: the first required string, else the first that is typed. */
export const mainOption = (command) =>
  command.options.find((option) => option.required && option.type === KIND.string && isTyped(option)) ??
  command.options.find((option) => option.required && isTyped(option)) ??
  command.options.find((option) => option.type === KIND.string && isTyped(option)) ??
  command.options.find(isTyped) ??
  null;

/** What is wrong with `value` (text) for `option`, or null. Empty is wrong only where the option is required. */
export function problemWith(option, value) {
  if (value === "" || value === null || value === undefined) {
    return option.required ? "This is needed." : null;
  }
  if (option.type === KIND.string) {
    if (value.length < (option.min_length ?? 0)) return `At least ${option.min_length} characters.`;
    if (value.length > (option.max_length ?? 6000)) return `At most ${option.max_length ?? 6000} characters.`;
  }
  if (option.type === KIND.integer || option.type === KIND.number) {
    const number = Number(value);
    if (!Number.isFinite(number)) return "A number is needed.";
    if (option.type === KIND.integer && !Number.isSafeInteger(number)) return "A whole number is needed.";
    if (number < (option.min_value ?? -Infinity)) return `At least ${option.min_value}.`;
    if (number > (option.max_value ?? Infinity)) return `At most ${option.max_value}.`;
  }
  if (option.type === KIND.boolean && !/^(true|false|yes|no)$/i.test(value)) return "Yes or no is needed.";
  return null;
}

/** `value` (text) as Discord sends it. */
export function typedValue(option, value) {
  const choice = option.choices?.find((one) => String(one.value) === value || one.name === value);
  if (choice) return choice.value;
  if (option.type === KIND.integer || option.type === KIND.number) return Number(value);
  if (option.type === KIND.boolean) return value === true || /^(true|yes)$/i.test(value);
  return value;
}
