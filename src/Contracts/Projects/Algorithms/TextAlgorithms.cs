using System.Collections.Immutable;
using static Lockstep.Contracts.Projects.Algorithms.AlgorithmParts;

namespace Lockstep.Contracts.Projects.Algorithms;

/// <summary>Words of documents.</summary>
internal static class TextAlgorithms
{
    public static ImmutableArray<AlgorithmDefinition> All { get; } =
    [
        new("Tokenization", AlgorithmUse.Calculate, AlgorithmOutput.Rows,
            "Cuts a text into words: runs of letters, digits, marks and _, with apostrophes, hyphens, dots and commas "
            + "between two of them as long as "
            + "no blank is there (dots and commas only between digits). Every other character that is no blank is a token of its own.",
            [],
            [In("docId", "The document.", AlgorithmRoleType.Any), In("doc", "Its text.", AlgorithmRoleType.Text)],
            [
                Repeat("docIdOut", "docId"),
                new AlgorithmRole("tokenIdOut", AlgorithmRoleType.Whole,
                    "Number of the token in the document, from 1.") { MayBeKey = true },
                Out("wordOut", "The token.", AlgorithmRoleType.Text),
                Out("startPosOut", "Place of its first character, from 0.", AlgorithmRoleType.Whole),
                Out("endPosOut", "Place of its last character.", AlgorithmRoleType.Whole),
            ]),
        new("TFIDF", AlgorithmUse.Calculate, AlgorithmOutput.OnePerEvent,
            "How much a token says of its document. A document is a run of events with one docId; all numbers are those at the event. "
            + "Tokens are told apart by upper and lower case. The memory grows with the number of different tokens.",
            [],
            [
                In("docId", "The document.", AlgorithmRoleType.Any),
                new AlgorithmRole("tokenId", AlgorithmRoleType.Any, "Number of the token."),
                In("token", "The token.", AlgorithmRoleType.Text),
            ],
            [
                Repeat("docIdOut", "docId"),
                Repeat("tokenIdOut", "tokenId"),
                Repeat("tokenOut", "token"),
                Out("tfOut", "Times that the token came in the document, divided by the tokens of the document."),
                Out("idfOut", "Natural logarithm of documents divided by documents with the token."),
                Out("tfidfOut", "Their product."),
            ]),
    ];
}
