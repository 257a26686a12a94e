using Lockstep.Contracts.Projects;

namespace Lockstep.Engine.Expressions;

/// <summary>What a token is.</summary>
internal enum TokenKind
{
    /// <summary>End of the text.</summary>
    End,

    /// <summary>Name or keyword.</summary>
    Name,

    /// <summary>A name in backticks: always a field or variable.</summary>
    QuotedName,

    /// <summary>Number.</summary>
    Number,

    /// <summary>Quoted text.</summary>
    Text,

    /// <summary>A date between number signs.</summary>
    Date,

    /// <summary>Operator or punctuation.</summary>
    Symbol,
}

/// <summary>A token: its text without quotes, and where it begins in the model.</summary>
internal readonly record struct Token(TokenKind Kind, string Text, TextPosition Position)
{
    /// <summary>True for the keyword or symbol, case ignored.</summary>
    public bool Is(string word) =>
        Kind is TokenKind.Name or TokenKind.Symbol && Text.Equals(word, StringComparison.OrdinalIgnoreCase);

    /// <summary>For messages.</summary>
    public override string ToString() => Kind == TokenKind.End ? "the end" : $"'{Text}'";
}
