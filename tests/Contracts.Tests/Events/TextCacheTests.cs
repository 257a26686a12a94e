using System.Text;
using Lockstep.Contracts.Events;

namespace Lockstep.Contracts.Tests.Events;

/// <summary>
/// Goal: the cache gives exactly the string of the bytes, whatever was asked before, and the same object for what comes again.
/// </summary>
public sealed class TextCacheTests
{
    [Fact]
    public void Each_text_is_that_of_its_bytes_whatever_came_before()
    {
        var cache = new TextCache();
        var random = new Random(1);
        for (var i = 0; i < 50_000; i++)
        {
            var bytes = new byte[random.Next(0, 40)];
            for (var b = 0; b < bytes.Length; b++)
            {
                bytes[b] = (byte)(random.Next(20) == 0 ? random.Next(256) : 'a' + random.Next(3));
            }

            Assert.Equal(Encoding.UTF8.GetString(bytes), cache.Get(bytes));
        }
    }

    [Fact]
    public void What_comes_again_is_the_same_string()
    {
        var cache = new TextCache();
        Assert.Same(cache.Get("key-0001"u8), cache.Get("key-0001"u8));
    }
}
