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
        new("TextVectorization", AlgorithmUse.Calculate, AlgorithmOutput.OnePerEvent,
            "Gives a token its vector out of a text file of word vectors: a word a line, then its numbers, as many in each line; a first line with "
            + "the counts of words and numbers is left out. A token is looked up as it is written, then in lower case; an unknown one has no "
            + "vector. With outputDocVec it is the mean of the vectors of the document up to this token, a document being a run of events with "
            + "one docId: let docIdOut alone be the key, and a row a document holds it. The file must lie in a folder that is granted to the model.",
            [
                new AlgorithmParameter("wordVec", AlgorithmParameterType.Text, "", "Path of the file; required."),
                Word("wordVecDelimiter", "SPACE", "What stands between the numbers.", "COMMA", "SPACE", "TAB"),
                Text("wordVecLineBreak", "",
                    "What ends a line: LF, CR, CRLF or a text of its own, where \\n and \\r stand for LF and CR; any line end without it."),
                Flag("outputDocVec", "0", "1: the vectors of documents instead of those of tokens."),
            ],
            [In("docId", "The document.", AlgorithmRoleType.Any), In("token", "The token.", AlgorithmRoleType.Text)],
            [
                Repeat("docIdOut", "docId"),
                new AlgorithmRole("vectorOut", AlgorithmRoleType.Number, "The vector.") { IsList = true },
            ]),
    ];
}
