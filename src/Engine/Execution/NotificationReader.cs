using System.Collections.Immutable;
using System.Text;
using System.Text.RegularExpressions;
using Lockstep.Contracts.Events;
using Lockstep.Contracts.Projects;
using Lockstep.Engine.Windows;
using Lockstep.Engine.Windows.Functional;

namespace Lockstep.Engine.Execution;

/// <summary>A message made of an event.</summary>
/// <param name="Channel">Index of the channel.</param>
/// <param name="Sender">Address of the sender.</param>
/// <param name="Recipients">Addresses, with commas between.</param>
/// <param name="Subject">The subject.</param>
/// <param name="From">The name shown as sender.</param>
/// <param name="To">The name shown as recipient.</param>
/// <param name="Gateway">Host of the gateway for text messages.</param>
/// <param name="Phone">The phone number.</param>
/// <param name="Contents">The contents' texts, in the order of the channel's contents.</param>
public sealed record NotificationMessage(
    int Channel, string Sender, string Recipients, string Subject, string From, string To, string Gateway, string Phone,
    ImmutableArray<string> Contents);

/// <summary>
/// Makes messages of events by the functions and texts of a notification window: what a functional window does with an event, each
/// text being a function. Not thread safe.
/// </summary>
public sealed partial class NotificationReader
{
    private const int FixedTexts = 7;

    // A name that no field has: results are found by it.
    private const string Prefix = "__notification_";
    private readonly NotificationWindowDefinition _definition;
    private readonly FunctionalWindow _window;
    private readonly EventBlock _input;
    private readonly StepScope _step = new();

    private NotificationReader(NotificationWindowDefinition definition, FunctionalWindow window, Schema schema) =>
        (_definition, _window, _input) = (definition, window, new EventBlock(schema, 1));

    /// <summary>Compiles the functions and texts of a window; null when there is an error.</summary>
    internal static NotificationReader? Create(NotificationWindowDefinition definition, string query, Schema schema, ProblemList found)
    {
        var functions = definition.Channels.SelectMany((channel, index) => FunctionsOf(channel, index)).ToList();
        var output = new Schema([new Field($"{Prefix}key", FieldType.Int64, IsKey: true), .. functions.Select(f => new Field(f.Name, FieldType.String))]);
        var functional = new FunctionalWindowDefinition
        {
            Name = definition.Name,
            Position = definition.Position,
            Context = definition.Context with { Functions = [.. definition.Context.Functions, .. functions] },
        };
        var compiled = new FunctionalFactory(query, found).Compile(functional, output, [schema], [definition.Name], keysMayMiss: true);
        return compiled is null ? null : new NotificationReader(
            definition, new FunctionalWindow(definition.Name, output, compiled.Model, compiled.Frame, rows: null), schema);
    }

    /// <summary>The messages of an event, in the order of the channels; none for channels that do not want it.</summary>
    /// <param name="events">Events of the window's schema.</param>
    /// <param name="row">The event.</param>
    /// <param name="time">What functions see as time; must not go back.</param>
    public ImmutableArray<NotificationMessage> Read(EventBlock events, int row, StepTime time)
    {
        _input.Clear();
        _input.AppendFrom(events, row, Opcode.Insert, EventFlags.None);
        _step.Begin(time);
        _window.Process(_input, 0, _step);
        var made = _window.Output;
        var messages = ImmutableArray.CreateBuilder<NotificationMessage>();
        var at = 1;
        for (var i = 0; i < _definition.Channels.Length; i++)
        {
            var count = 1 + FixedTexts + _definition.Channels[i].Contents.Length;
            var texts = made.Columns.Slice(at, count).ToArray().Select(c => c.IsNull(0) ? "" : ((Column<string>)c)[0]).ToArray();
            if (IsWanted(_definition.Channels[i], texts[0]))
            {
                messages.Add(new NotificationMessage(
                    i, texts[1], texts[2], texts[3], texts[4], texts[5], texts[6], texts[7],
                    [.. texts.Skip(1 + FixedTexts)]));
            }

            at += count;
        }

        made.Clear();
        return messages.ToImmutable();
    }

    private static bool IsWanted(NotificationChannelDefinition channel, string answer) =>
        channel.Deliver is null || (answer.Trim() is not ("" or "0") && !answer.Trim().Equals("false", StringComparison.OrdinalIgnoreCase));

    private static IEnumerable<FunctionDefinition> FunctionsOf(NotificationChannelDefinition channel, int index)
    {
        var number = 0;
        FunctionDefinition Next(ExpressionText body) => new($"{Prefix}{index}_{number++}", body);
        yield return Next(channel.Deliver ?? new ExpressionText("1", channel.Position));
        string[] texts =
        [
            channel.Sender, channel.Recipients, channel.Subject, channel.From, channel.To, channel.Gateway, channel.Phone,
            .. channel.Contents.Select(c => c.Body),
        ];
        foreach (var text in texts)
        {
            yield return Next(new ExpressionText(CodeOf(text, channel.UnresolvedText), channel.Position));
        }
    }

    // A text with names in it as a call of the functional language.
    private static string CodeOf(string text, string unresolved)
    {
        var code = new StringBuilder("string(");
        var at = 0;
        foreach (Match name in Names().Matches(text))
        {
            code.Append(Quote(text[at..name.Index])).Append(',');
            code.Append("if(isNull(").Append(name.Value).Append("),").Append(Quote(unresolved)).Append(',').Append(name.Value).Append("),");
            at = name.Index + name.Length;
        }

        return code.Append(Quote(text[at..])).Append(')').ToString();
    }

    private static string Quote(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";

    [GeneratedRegex(@"\$[A-Za-z_][A-Za-z0-9_]*", RegexOptions.NonBacktracking)]
    private static partial Regex Names();
}
