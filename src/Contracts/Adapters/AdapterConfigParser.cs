using System.Collections.Immutable;
using Lockstep.Contracts.Projects;

namespace Lockstep.Contracts.Adapters;

/// <summary>The parser of adapter configuration files: one pass, recursive by group, bounded in depth.</summary>
internal sealed class AdapterConfigParser(string text, string path, ICollection<Problem> problems)
{
    private int _at;
    private int _line = 1;
    private int _lineStart;

    private TextPosition Here => new(_line, _at - _lineStart + 1);

    private char Current => _at < text.Length ? text[_at] : '\0';

    private bool AtEnd => _at >= text.Length;

    public AdapterConfigSection ReadFile()
    {
        if (Current == '\uFEFF')
        {
            _at++;
        }

        return ReadSection("", new TextPosition(1, 1), depth: 0);
    }

    private AdapterConfigSection ReadSection(string name, TextPosition start, int depth)
    {
        var values = ImmutableSortedDictionary.CreateBuilder<string, AdapterConfigValue>(StringComparer.Ordinal);
        var sections = ImmutableSortedDictionary.CreateBuilder<string, AdapterConfigSection>(StringComparer.Ordinal);
        while (true)
        {
            Skip(acrossLines: true);
            if (AtEnd)
            {
                if (depth > 0)
                {
                    Report(start, $"Group '{name}' is not closed; a }} is missing.");
                }

                break;
            }

            var position = Here;
            if (Current == '}')
            {
                _at++;
                if (depth > 0)
                {
                    break;
                }

                Report(position, "A } closes nothing.");
                continue;
            }

            ReadEntry(values, sections, position, depth);
        }

        return new AdapterConfigSection(name, values.ToImmutable(), sections.ToImmutable(), start);
    }

    private void ReadEntry(
        ImmutableSortedDictionary<string, AdapterConfigValue>.Builder values,
        ImmutableSortedDictionary<string, AdapterConfigSection>.Builder sections,
        TextPosition position,
        int depth)
    {
        var key = ReadName();
        if (key.Length == 0)
        {
            Report(position, $"'{Current}' is not the start of a name.");
            SkipLine();
            return;
        }

        Skip(acrossLines: false);
        var assigned = Current is '=' or ':';
        if (assigned)
        {
            _at++;
        }

        // Between a name and its group's brace line ends are allowed, between a name and its value only after '='.
        var (at, line, lineStart) = (_at, _line, _lineStart);
        Skip(acrossLines: true);
        if (Current == '{')
        {
            _at++;
            if (depth == AdapterConfigFile.MaxDepth)
            {
                Report(position, "Groups nest too deep.");
                _at = text.Length;
                return;
            }

            if (!sections.TryAdd(key, ReadSection(key, position, depth + 1)))
            {
                Report(position, $"Group '{key}' occurs twice; the first counts.");
            }

            return;
        }

        (_at, _line, _lineStart) = (at, line, lineStart);
        if (!assigned)
        {
            Report(position, $"'{key}' is followed by neither = nor {{.");
            SkipLine();
            return;
        }

        Skip(acrossLines: false);
        values[key] = new AdapterConfigValue(ReadValue(), position);
    }

    private string ReadName()
    {
        var start = _at;
        while (!AtEnd && (char.IsLetterOrDigit(Current) || Current is '_' or '-' or '.' or '*'))
        {
            _at++;
        }

        return text[start.._at];
    }

    private string ReadValue()
    {
        var position = Here;
        if (Current is '"' or '\'')
        {
            var quote = Current;
            var start = ++_at;
            while (!AtEnd && Current != quote && Current != '\n')
            {
                _at++;
            }

            var value = text[start.._at];
            if (Current != quote)
            {
                Report(position, "A quote is not closed.");
                return value.TrimEnd('\r');
            }

            _at++;
            SkipSeparators();
            return value;
        }

        var begin = _at;
        while (!AtEnd && Current is not ('\n' or '}' or ';' or '#'))
        {
            _at++;
        }

        var bare = text[begin.._at].Trim();
        SkipSeparators();
        return bare;
    }

    private void SkipSeparators()
    {
        Skip(acrossLines: false);
        while (Current is ';' or ',')
        {
            _at++;
            Skip(acrossLines: false);
        }
    }

    private void SkipLine()
    {
        while (!AtEnd && Current != '\n')
        {
            _at++;
        }
    }

    private void Skip(bool acrossLines)
    {
        while (!AtEnd)
        {
            if (Current == '\n' && !acrossLines)
            {
                return;
            }

            if (Current == '\n')
            {
                _line++;
                _lineStart = ++_at;
            }
            else if (char.IsWhiteSpace(Current))
            {
                _at++;
            }
            else if (Current == '#' || Current == '/' && _at + 1 < text.Length && text[_at + 1] == '/')
            {
                SkipLine();
            }
            else
            {
                return;
            }
        }
    }

    private void Report(TextPosition position, string message) =>
        problems.Add(new Problem(ProblemSeverity.Error, ProblemCode.InvalidConfigFile, path, position, message));
}
