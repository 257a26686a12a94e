namespace Lockstep.Contracts.Events;

/// <summary>Opcodes and flags in csv; case is free on input, upper on output.</summary>
internal static class CsvOpcodes
{
    /// <summary>Reads an opcode, insert for none; update blocks are only ever written.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out Opcode opcode)
    {
        opcode = text.IsEmpty ? Opcode.Insert
        : text.Length == 1 ? (text[0] | 0x20) switch
        {
            'i' => Opcode.Insert,
            'u' => Opcode.Update,
            'p' => Opcode.Upsert,
            'd' => Opcode.Delete,
            's' => Opcode.SafeDelete,
            _ => default,
        }
        : text.Length == 2 && (text[0] | 0x20) == 's' && (text[1] | 0x20) == 'd' ? Opcode.SafeDelete : default;
        return opcode != default;
    }

    /// <summary>Reads flags; empty counts as none.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out EventFlags flags)
    {
        flags = EventFlags.None;
        foreach (var c in text)
        {
            switch (c | 0x20)
            {
                case 'n': break;
                case 'p': flags |= EventFlags.PartialUpdate; break;
                case 'r': flags |= EventFlags.Retention; break;
                default: return false;
            }
        }

        return true;
    }

    public static ReadOnlySpan<byte> TextOf(Opcode opcode) => opcode switch
    {
        Opcode.Insert => "I"u8,
        Opcode.Update => "U"u8,
        Opcode.Upsert => "P"u8,
        Opcode.Delete => "D"u8,
        Opcode.UpdateBlock => "UB"u8,
        Opcode.SafeDelete => "SD"u8,
        _ => throw new ArgumentOutOfRangeException(nameof(opcode), opcode, "Not an opcode."),
    };

    public static ReadOnlySpan<byte> TextOf(EventFlags flags) => (int)flags switch
    {
        0 => "N"u8,
        1 => "P"u8,
        2 => "R"u8,
        3 => "PR"u8,
        _ => throw new ArgumentOutOfRangeException(nameof(flags), flags, "Not event flags."),
    };
}
