using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace Lockstep.Connectors.Files;

/// <summary>
/// Reads a file line by line and knows the byte offset and the number of each line. A line is complete when its end
/// (LF, a CR before it is dropped) has been read; <see cref="TakeRest"/> gives a last line without one. A byte order mark at
/// the start of the file is skipped. The file may grow while it is read. Not thread-safe.
/// </summary>
internal sealed class LineFile : IDisposable
{
    /// <summary>Longest line in bytes; a longer one is an error.</summary>
    public const int MaxLineBytes = 4 * 1024 * 1024;

    /// <summary>Bytes of lines that quotes join to one.</summary>
    public const int MaxJoinedBytes = 1024 * 1024;

    private const int FirstBufferBytes = 64 * 1024;
    private static readonly byte[] ByteOrderMark = [0xEF, 0xBB, 0xBF];

    private readonly SafeFileHandle? _handle;
    private readonly Stream? _stream;
    private readonly string _path;
    private byte[] _buffer = new byte[FirstBufferBytes];
    private int _start;
    private int _end;
    private int _searched;
    private int _givenBytes;
    private int _givenLines;

    /// <summary>Opens the file; it must exist.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="offset">Byte offset of a line's start.</param>
    /// <param name="line">Number of lines before the offset.</param>
    public LineFile(string path, long offset = 0, long line = 0)
    {
        _path = path;
        _handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        Offset = offset;
        Line = line;
    }

    /// <summary>Over what a connection sends.</summary>
    /// <param name="stream">The connection; its owner closes it.</param>
    /// <param name="name">Names it in errors.</param>
    public LineFile(Stream stream, string name)
    {
        _path = name;
        _stream = stream;
    }

    /// <summary>Byte offset after the last line given: where reading would go on.</summary>
    public long Offset { get; private set; }

    /// <summary>Number of the last line given, from 1; 0 before the first.</summary>
    public long Line { get; private set; }

    /// <summary>Length of the file now.</summary>
    public long Length => _handle is null ? Offset + _end - _start : RandomAccess.GetLength(_handle);

    /// <summary>The next complete line, without its end, or false: there is none yet.</summary>
    /// <param name="line">Its bytes; valid until the next call.</param>
    /// <exception cref="InvalidDataException">A line is longer than <see cref="MaxLineBytes"/>.</exception>
    public bool TryRead(out ReadOnlySpan<byte> line)
    {
        while (true)
        {
            var at = _buffer.AsSpan(_searched, _end - _searched).IndexOf((byte)'\n');
            if (at >= 0)
            {
                var length = _searched + at - _start;
                line = Give(length, length + 1);
                return true;
            }

            _searched = _end;
            if (!Fill())
            {
                line = default;
                return false;
            }
        }
    }

    /// <summary>The bytes after the last complete line as a line; false: there are none. For files that do not grow.</summary>
    /// <param name="line">Its bytes; valid until the next call.</param>
    public bool TakeRest(out ReadOnlySpan<byte> line)
    {
        if (_end == _start)
        {
            line = default;
            return false;
        }

        line = Give(_end - _start, _end - _start);
        return true;
    }

    /// <summary>
    /// The last line given and the next one together, as one line that has its end in it; false, with the last line as it was,
    /// when there is no next one or it would have more than <see cref="MaxJoinedBytes"/>.
    /// </summary>
    /// <param name="orRest">True to take bytes without a line's end for a line.</param>
    /// <param name="line">Its bytes; valid until the next call.</param>
    public bool TryJoin(bool orRest, out ReadOnlySpan<byte> line)
    {
        var (bytes, lines) = (_givenBytes, _givenLines);
        TakeBack(bytes, lines);
        _searched = _start + bytes;
        while (_end - _start <= MaxJoinedBytes || _searched < _end)
        {
            var at = _buffer.AsSpan(_searched, _end - _searched).IndexOf((byte)'\n');
            if (at >= 0)
            {
                var length = _searched + at - _start;
                line = Give(length, length + 1, lines + 1);
                return true;
            }

            _searched = _end;
            if (!Fill())
            {
                if (orRest && _end > _start + bytes)
                {
                    line = Give(_end - _start, _end - _start, lines + 1);
                    return true;
                }

                break;
            }
        }

        IsJoinFull = _end - _start > MaxJoinedBytes;
        TakeBack(-bytes, -lines);
        (_givenBytes, _givenLines) = (bytes, lines);
        line = default;
        return false;
    }

    /// <summary>Takes back all but the first of the lines that were joined, or that one too: they are given again.</summary>
    /// <param name="firstBytes">Bytes of the first line with its end: <see cref="GivenBytes"/> after it was read; 0 to take it back too.</param>
    public void TakeBackBehind(int firstBytes)
    {
        TakeBack(_givenBytes - firstBytes, firstBytes == 0 ? _givenLines : _givenLines - 1);
        (_givenBytes, _givenLines) = (firstBytes, Math.Sign(firstBytes));
    }

    /// <summary>True: the last join ended because it would have had too many bytes.</summary>
    public bool IsJoinFull { get; private set; }

    /// <summary>Bytes of the last line given, its end counted.</summary>
    public int GivenBytes => _givenBytes;

    /// <inheritdoc/>
    public void Dispose() => _handle?.Dispose();

    private void TakeBack(int bytes, int lines)
    {
        _start -= bytes;
        _searched = _start;
        Offset -= bytes;
        Line -= lines;
    }

    private ReadOnlySpan<byte> Give(int length, int consumed, int lines = 1)
    {
        ReadOnlySpan<byte> line = _buffer.AsSpan(_start, length);
        if (Offset == 0 && line.StartsWith(ByteOrderMark))
        {
            line = line[ByteOrderMark.Length..];
        }

        if (line.Length > 0 && line[^1] == (byte)'\r')
        {
            line = line[..^1];
        }

        _start += consumed;
        _searched = _start;
        Offset += consumed;
        Line += lines;
        (_givenBytes, _givenLines) = (consumed, lines);
        return line;
    }

    private bool Fill()
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            _end -= _start;
            _searched -= _start;
            _start = 0;
        }

        if (_end == _buffer.Length)
        {
            if (_end >= MaxLineBytes)
            {
                throw new InvalidDataException(string.Create(
                    CultureInfo.InvariantCulture, $"{_path}:{Line + 1}: the line is longer than {MaxLineBytes} bytes."));
            }

            Array.Resize(ref _buffer, Math.Min(_buffer.Length * 2, MaxLineBytes));
        }

        var read = _handle is null ? _stream!.Read(_buffer.AsSpan(_end)) : RandomAccess.Read(_handle, _buffer.AsSpan(_end), Offset + _end);
        _end += read;
        return read > 0;
    }
}
