// A discord.js bot on the loopback Discord: one command, a picture with a button, and the press.
//
//     node discordjs_bot.mjs http://127.0.0.1:8420

import {
  ActionRowBuilder,
  AttachmentBuilder,
  ButtonBuilder,
  ButtonStyle,
  Client,
  Events,
  GatewayIntentBits,
  MessageFlags,
  SlashCommandBuilder,
} from "discord.js";

const PICTURE = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M/wHwAEBgIApD5fRAAAAABJRU5ErkJggg==",
  "base64",
);
const base = process.argv[2].replace(/\/$/, "");
const bot = new Client({
  intents: [GatewayIntentBits.Guilds, GatewayIntentBits.GuildMessages],
  rest: { api: `${base}/api`, cdn: `${base}/cdn` },
});

bot.once(Events.ClientReady, async () => {
  const paint = new SlashCommandBuilder()
    .setName("paint")
    .setDescription("Paints a picture")
    .addStringOption((option) => option.setName("prompt").setDescription("What to paint").setRequired(true));
  await bot.application.commands.set([paint.toJSON()]);
});

bot.on(Events.InteractionCreate, async (interaction) => {
  if (interaction.isChatInputCommand()) {
    const prompt = interaction.options.getString("prompt");
    const again = new ButtonBuilder().setCustomId("again").setLabel("Again").setStyle(ButtonStyle.Primary);
    await interaction.reply({
      content: `painted ${prompt}`,
      files: [new AttachmentBuilder(PICTURE, { name: "picture.png", description: prompt })],
      components: [new ActionRowBuilder().addComponents(again)],
    });
  } else if (interaction.isButton()) {
    await interaction.reply({ content: `pressed by ${interaction.user.username}`, flags: MessageFlags.Ephemeral });
  }
});

await bot.login(process.env.DISCORD_TOKEN ?? "loopback");
