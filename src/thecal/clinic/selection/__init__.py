"""Whether a patient may be helped: referral, indications, consents, what thins the blood."""
