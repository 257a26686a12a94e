namespace Lockstep.Engine.Numerics;

/// <summary>
/// The discrete Fourier transform of one length, in place. Powers of two by butterflies, other lengths as a convolution
/// (Bluestein 1970), both in n log n. Own code: it must give the same bits in every run and allocate nothing an event,
/// which libraries that choose native code or several threads by themselves do not promise.
/// </summary>
internal sealed class Fft
{
    private readonly int _length;
    private readonly double[] _cos;
    private readonly double[] _sin;
    private readonly Convolution? _convolution;

    public Fft(int length)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
        _length = length;
        if (int.IsPow2(length))
        {
            (_cos, _sin) = (new double[length / 2], new double[length / 2]);
            for (var i = 0; i < length / 2; i++)
            {
                (_sin[i], _cos[i]) = Math.SinCos(2 * Math.PI * i / length);
            }
        }
        else
        {
            (_cos, _sin) = ([], []);
            _convolution = new Convolution(length);
        }
    }

    /// <summary>X[k] = sum of x[n] exp(-2 pi i n k / length).</summary>
    /// <param name="real">Real parts, length of them.</param>
    /// <param name="imaginary">Imaginary parts, length of them.</param>
    public void Forward(Span<double> real, Span<double> imaginary)
    {
        if (_convolution is not null)
        {
            _convolution.Transform(real, imaginary);
            return;
        }

        Reorder(real, imaginary);
        for (var half = 1; half < _length; half *= 2)
        {
            var stride = _length / (2 * half);
            for (var start = 0; start < _length; start += 2 * half)
            {
                for (var k = 0; k < half; k++)
                {
                    var (low, high) = (start + k, start + k + half);
                    var (c, s) = (_cos[k * stride], _sin[k * stride]);
                    var re = (real[high] * c) + (imaginary[high] * s);
                    var im = (imaginary[high] * c) - (real[high] * s);
                    (real[high], imaginary[high]) = (real[low] - re, imaginary[low] - im);
                    (real[low], imaginary[low]) = (real[low] + re, imaginary[low] + im);
                }
            }
        }
    }

    /// <summary>The inverse, divided by the length.</summary>
    public void Inverse(Span<double> real, Span<double> imaginary)
    {
        Forward(imaginary, real);
        for (var i = 0; i < _length; i++)
        {
            real[i] /= _length;
            imaginary[i] /= _length;
        }
    }

    private void Reorder(Span<double> real, Span<double> imaginary)
    {
        for (int i = 1, j = 0; i < _length; i++)
        {
            var bit = _length >> 1;
            for (; (j & bit) != 0; bit >>= 1)
            {
                j ^= bit;
            }

            j ^= bit;
            if (i < j)
            {
                (real[i], real[j]) = (real[j], real[i]);
                (imaginary[i], imaginary[j]) = (imaginary[j], imaginary[i]);
            }
        }
    }

    /// <summary>A transform of any length by one of a power of two: n k = (n^2 + k^2 - (k-n)^2) / 2.</summary>
    private sealed class Convolution
    {
        private readonly int _length;
        private readonly Fft _inner;
        private readonly double[] _cos;
        private readonly double[] _sin;
        private readonly double[] _chirpReal;
        private readonly double[] _chirpImaginary;
        private readonly double[] _real;
        private readonly double[] _imaginary;

        public Convolution(int length)
        {
            _length = length;
            var size = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)((2 * length) - 1));
            _inner = new Fft(size);
            (_cos, _sin) = (new double[length], new double[length]);
            (_chirpReal, _chirpImaginary) = (new double[size], new double[size]);
            (_real, _imaginary) = (new double[size], new double[size]);
            for (var i = 0; i < length; i++)
            {
                // i^2 modulo 2 length keeps the angle exact for long transforms.
                (_sin[i], _cos[i]) = Math.SinCos(Math.PI * ((long)i * i % (2L * length)) / length);
                var mirror = i == 0 ? 0 : size - i;
                (_chirpReal[i], _chirpImaginary[i]) = (_cos[i], _sin[i]);
                (_chirpReal[mirror], _chirpImaginary[mirror]) = (_cos[i], _sin[i]);
            }

            _inner.Forward(_chirpReal, _chirpImaginary);
        }

        public void Transform(Span<double> real, Span<double> imaginary)
        {
            _real.AsSpan().Clear();
            _imaginary.AsSpan().Clear();
            for (var i = 0; i < _length; i++)
            {
                _real[i] = (real[i] * _cos[i]) + (imaginary[i] * _sin[i]);
                _imaginary[i] = (imaginary[i] * _cos[i]) - (real[i] * _sin[i]);
            }

            _inner.Forward(_real, _imaginary);
            for (var i = 0; i < _real.Length; i++)
            {
                var re = (_real[i] * _chirpReal[i]) - (_imaginary[i] * _chirpImaginary[i]);
                _imaginary[i] = (_real[i] * _chirpImaginary[i]) + (_imaginary[i] * _chirpReal[i]);
                _real[i] = re;
            }

            _inner.Inverse(_real, _imaginary);
            for (var i = 0; i < _length; i++)
            {
                real[i] = (_real[i] * _cos[i]) + (_imaginary[i] * _sin[i]);
                imaginary[i] = (_imaginary[i] * _cos[i]) - (_real[i] * _sin[i]);
            }
        }
    }
}
