// The emoji that the picker offers and that `:name:` stands for.

const LISTED = `
👍 thumbsup yes good|👎 thumbsdown no|❤️ heart love|🔥 fire lit|🎉 tada party|👀 eyes look|😂 joy laugh|😮 open_mouth wow
😀 grinning happy|😄 smile|😅 sweat_smile|😉 wink|😊 blush|😍 heart_eyes|😎 sunglasses cool|🤔 thinking|😐 neutral_face
😕 confused|😢 cry sad|😭 sob|😡 rage angry|😱 scream|😴 sleeping|🤯 exploding_head|🥳 partying_face|🤗 hugging
👋 wave hello|👏 clap|🙌 raised_hands|🙏 pray thanks|💪 muscle|👌 ok_hand|✌️ v peace|🤝 handshake|☝️ point_up
⭐ star|✨ sparkles|💡 bulb idea|🎨 art paint|🖼️ frame_photo picture|📷 camera|✏️ pencil2 edit|🖌️ paintbrush
✅ white_check_mark done|❌ x no|❓ question|❗ exclamation|⚠️ warning|⏳ hourglass wait|🔄 arrows_counterclockwise again
🗑️ wastebasket delete|✉️ envelope mail|🔍 mag search|🔒 lock|📌 pushpin|📎 paperclip|🚀 rocket|🏆 trophy|💯 100
☀️ sunny|🌙 moon|🌈 rainbow|🌊 ocean sea|🌲 evergreen_tree|🌸 cherry_blossom|🍎 apple|🍕 pizza|☕ coffee|🎵 musical_note
🐱 cat|🐶 dog|🦊 fox|🐢 turtle|🦋 butterfly|🏠 house|⛵ boat sailboat|🏔️ mountain_snow|💙 blue_heart|💚 green_heart|💜 purple_heart
`;

/** `{emoji, name, words}`, the usual ones first. */
const EMOJI = LISTED.trim()
  .split(/[|\n]/)
  .map((entry) => entry.split(" "))
  .map(([emoji, ...words]) => ({ emoji, name: words[0], words: words.join(" ") }));

/** What a message's hover bar offers at once. */
export const QUICK = ["👍", "❤️", "🎉"];

/** The emoji whose names contain `typed`; those that begin with it first. */
export function emojiLike(typed) {
  const wanted = typed.toLowerCase();
  const begins = EMOJI.filter(({ name }) => name.startsWith(wanted));
  return [...begins, ...EMOJI.filter((one) => !begins.includes(one) && one.words.includes(wanted))];
}

/** `text` with every known `:name:` made into its emoji. */
export const withEmoji = (text) =>
  text.replace(/:(\w+):/g, (whole, name) => EMOJI.find((one) => one.name === name)?.emoji ?? whole);

/** The name between the colons, for those listed here. */
export const shortName = (emoji) => EMOJI.find((one) => one.emoji === emoji)?.name;

export const emojiName = (emoji) => shortName(emoji)?.replaceAll("_", " ") ?? emoji;
