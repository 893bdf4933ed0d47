//! Cyclic redundancy checks of 32 and 64 bits, eight bytes at a step.
//!
//! All three that S3 knows are reflected, begin with ones and are inverted at the end, so one engine over 64 bits does
//! them; the upper half of a narrow one stays zero.

/// One CRC with its tables.
pub(super) struct Crc {
    polynomial: u64,
    bits: u32,
    // `tables[n][byte]`: what the byte becomes once n more zero bytes have followed.
    tables: [[u64; 256]; 8],
}

/// IEEE 802.3.
pub(super) static CRC32: Crc = Crc::new(0xedb8_8320, 32);
/// Castagnoli. [RFC 3720]
pub(super) static CRC32C: Crc = Crc::new(0x82f6_3b78, 32);
/// [NVM Command Set Specification: 64b CRC]
pub(super) static CRC64_NVME: Crc = Crc::new(0x9a6c_9329_ac4b_c9b5, 64);

impl Crc {
    /// `polynomial` is reflected: the highest power is the lowest bit.
    const fn new(polynomial: u64, bits: u32) -> Self {
        let mut tables = [[0; 256]; 8];
        let mut byte = 0;
        while byte < 256 {
            let mut value = byte as u64;
            let mut bit = 0;
            while bit < 8 {
                value = if value & 1 == 1 {
                    (value >> 1) ^ polynomial
                } else {
                    value >> 1
                };
                bit += 1;
            }
            tables[0][byte] = value;
            byte += 1;
        }
        let mut after = 1;
        while after < 8 {
            let mut byte = 0;
            while byte < 256 {
                let before = tables[after - 1][byte];
                tables[after][byte] = (before >> 8) ^ tables[0][(before & 0xff) as usize];
                byte += 1;
            }
            after += 1;
        }
        Self {
            polynomial,
            bits,
            tables,
        }
    }

    fn ones(&self) -> u64 {
        u64::MAX >> (64 - self.bits)
    }

    /// The register before the first byte.
    pub(super) fn begin(&self) -> u64 {
        self.ones()
    }

    /// The value of a register.
    pub(super) fn end(&self, register: u64) -> u64 {
        register ^ self.ones()
    }

    /// The register after more bytes.
    pub(super) fn update(&self, mut register: u64, bytes: &[u8]) -> u64 {
        let (eights, rest) = bytes.as_chunks::<8>();
        for eight in eights {
            let mixed = (register ^ u64::from_le_bytes(*eight)).to_le_bytes();
            register = 0;
            for (at, byte) in mixed.iter().enumerate() {
                register ^= self.tables[7 - at][usize::from(*byte)];
            }
        }
        for byte in rest {
            let low = (register & 0xff) as u8 ^ byte;
            register = (register >> 8) ^ self.tables[0][usize::from(low)];
        }
        register
    }

    /// A value, most significant byte first.
    pub(super) fn bytes(&self, value: u64) -> Vec<u8> {
        let unused = (64 - self.bits) / 8;
        value.to_be_bytes()[unused as usize..].to_vec()
    }

    /// The value of such bytes, where they are as many as it has.
    pub(super) fn read(&self, bytes: &[u8]) -> Option<u64> {
        (bytes.len() as u32 * 8 == self.bits).then(|| {
            bytes
                .iter()
                .fold(0, |value, byte| (value << 8) | u64::from(*byte))
        })
    }

    /// The value of one text after another, from their values and the length of the second.
    pub(super) fn combined(&self, first: u64, second: u64, second_bytes: u64) -> u64 {
        // To append n zero bits is to multiply by x^n.
        let mut power = 1 << (self.bits - 1);
        let mut square = 1 << (self.bits - 2);
        let mut exponent = u128::from(second_bytes) * 8;
        while exponent > 0 {
            if exponent & 1 == 1 {
                power = self.product(power, square);
            }
            square = self.product(square, square);
            exponent >>= 1;
        }
        self.product(power, first) ^ second
    }

    /// The product of two polynomials modulo ours.
    fn product(&self, left: u64, mut right: u64) -> u64 {
        let mut product = 0;
        for bit in (0..self.bits).rev() {
            if left >> bit & 1 == 1 {
                product ^= right;
            }
            right = if right & 1 == 1 {
                (right >> 1) ^ self.polynomial
            } else {
                right >> 1
            };
        }
        product
    }
}
