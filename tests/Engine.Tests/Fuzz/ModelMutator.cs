using System.Text;

namespace Lockstep.Engine.Tests.Fuzz;

/// <summary>Changes models: bytes, and parts that have a meaning (elements, attributes, values, expressions).</summary>
internal sealed class ModelMutator(Random random)
{
    private static readonly string[] Values =
    [
        "", "-1", "0", "99999999999999999999", "1e999", "NaN", "true", "no", "pi_EMPTY", "pi_HASH", "a,b,,c", "@X@", "&#0;", "&lt;",
            "\uD83D\uDE00",
        "source", "x y z", "10 seconds", "-5 days", "1/0", "9223372036854775807 + 1", "((((((((", "(a+)+$", "(.{1000}){1000}", "[1;2;",
            "$x", "#x",
        "string s s = 'x' while true s = s & s", "integer i while true i = i + 1", "integer array a a.dim(100000) return a.get(1)",
            "f(f(f(1)))",
        "regex r r.compile('(a|a)*b') return r.findfirst('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa')", "round(1e308, -308)",
            "goto x x: goto x",
    ];

    private static readonly string[] Fragments =
    [
        "<!DOCTYPE a [<!ENTITY b 'c'>]>", "<retention type='bycount_sliding'>1</retention>",
            "<retention type='bytime_sliding'>1 second</retention>",
        "<field name='z' type='string'/>", "<field name='z' type='array(dbl)' key='true'/>", "<edge source='a' target='a'/>", "<x/>",
            "<!--", "]]>", "<![CDATA[",
    ];

    /// <summary>A model with one to four changes.</summary>
    public byte[] Mutate(string model)
    {
        var text = model;
        for (var i = random.Next(1, 5); i > 0; i--)
        {
            text = Change(text);
        }

        var bytes = Encoding.UTF8.GetBytes(text);
        for (var i = random.Next(8) == 0 ? random.Next(1, 6) : 0; i > 0 && bytes.Length > 0; i--)
        {
            bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
        }

        return bytes;
    }

    /// <summary>A line of csv for so many fields, well formed more often than not.</summary>
    public byte[] Line(int fields)
    {
        string[] values = ["", "1", "2", "3", "-7", "2.5", "abc", "\"a,b\"", "\"open", "[1;;2]", "2024-01-01 00:00:00",
            "99999999999999999999", "1e400", "\uFEFF"];
        string[] opcodes = ["i", "i", "i", "u", "p", "d", "s", "ub", "?", ""];
        var count = random.Next(6) == 0 ? random.Next(fields + 3) : fields;
        var parts = Enumerable.Range(0, count).Select(_ => values[random.Next(random.Next(3) > 0 ? 6 : values.Length)]);
        var bytes = Encoding.UTF8.GetBytes($"{opcodes[random.Next(opcodes.Length)]},n,{string.Join(',', parts)}");
        if (random.Next(10) == 0)
        {
            bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
        }

        return bytes;
    }

    private string Change(string text) => random.Next(9) switch
    {
        0 => Between(text, '"', '"', _ => Pick(Values)),
        1 => Between(text, '>', '<', _ => Pick(Values)),
        2 => Between(text, '>', '<', v => v + Pick(Values)),
        3 => Between(text, '<', '>', _ => ""),
        4 => Between(text, '"', '"', v => string.Concat(Enumerable.Repeat(v, random.Next(2, 50)))),
        5 => text.Insert(random.Next(text.Length + 1), Pick(Fragments)),
        6 => Nest(text),
        7 => Copy(text),
        _ => Between(text, '>', '<', v => Between($" {v} ", ' ', ' ', _ => Pick(Values))),
    };

    private string Between(string text, char open, char close, Func<string, string> change)
    {
        var from = text.Length == 0 ? -1 : text.IndexOf(open, random.Next(text.Length));
        var to = from < 0 ? -1 : text.IndexOf(close, from + 1);
        return to < 0 ? text : $"{text[..(from + 1)]}{change(text[(from + 1)..to])}{text[to..]}";
    }

    private string Nest(string text) => Between(text, '>', '<', v => random.Next(3) switch
    {
        0 => $"{new string('(', 3000)}{v}{new string(')', 3000)}",
        1 => $"{string.Concat(Enumerable.Repeat("<a>", 600))}{v}{string.Concat(Enumerable.Repeat("</a>", 600))}",
        _ => string.Join(" + ", Enumerable.Repeat(v.Trim().Length == 0 || v.Length > 100 ? "1" : v, 3000)),
    });

    private string Copy(string text)
    {
        if (text.Length == 0)
        {
            return text;
        }

        var from = random.Next(text.Length);
        var part = text.Substring(from, random.Next(Math.Min(400, text.Length - from)));
        return text.Insert(random.Next(text.Length), part);
    }

    private string Pick(string[] items) => items[random.Next(items.Length)];
}
